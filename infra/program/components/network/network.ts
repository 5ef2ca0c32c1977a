import { NetworkSecurityGroup } from '@pulumi/azure-native/network/networkSecurityGroup.js';
import { PrivateDnsZoneGroup } from '@pulumi/azure-native/network/privateDnsZoneGroup.js';
import { PrivateEndpoint } from '@pulumi/azure-native/network/privateEndpoint.js';
import { Subnet } from '@pulumi/azure-native/network/subnet.js';
import { VirtualNetwork } from '@pulumi/azure-native/network/virtualNetwork.js';
import { PrivateZone } from '@pulumi/azure-native/privatedns/privateZone.js';
import { VirtualNetworkLink } from '@pulumi/azure-native/privatedns/virtualNetworkLink.js';
import { ComponentResource, type Input, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import { type AddressPlan, addressPlan } from './cidr.ts';
import { endpointRules, mysqlRules } from './security-rules.ts';

interface SubnetPlan {
  readonly addressPrefix: string;
  /** The service that the subnet is delegated to. */
  readonly delegation?: string;
  readonly securityGroup: NetworkSecurityGroup;
  /** Services with a service endpoint in this subnet. */
  readonly serviceEndpoints?: readonly string[];
}

/** The stage's virtual network with subnets for the app, MySQL and private endpoints. */
export class Network extends ComponentResource implements DiagnosticSource {
  readonly appSubnetId: Output<string>;
  readonly mysqlSubnetId: Output<string>;
  readonly endpointSubnetId: Output<string>;
  readonly id: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];
  readonly #context: Context;
  readonly #group: Output<string>;
  readonly #network: VirtualNetwork;
  readonly #lastSubnet: Subnet;
  /** The last subnet, later the last resource that joined one. */
  #lastWrite: Resource;

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:Network', 'network');
    this.#context = context;
    this.#group = group;
    const plan = addressPlan(context.config.network.cidr);
    const groups = this.#securityGroups(plan);
    this.#network = this.#create();
    const { app, mysql, endpoints } = this.#subnets(plan, groups);
    this.id = this.#network.id;
    this.appSubnetId = app.id;
    this.mysqlSubnetId = mysql.id;
    this.endpointSubnetId = endpoints.id;
    this.#lastSubnet = endpoints;
    this.#lastWrite = endpoints;
    this.diagnosticTargets = [
      { name: 'network', type: 'network:VirtualNetwork', id: this.id },
      { name: 'nsg-app', type: 'network:NetworkSecurityGroup', id: groups.app.id },
      { name: 'nsg-mysql', type: 'network:NetworkSecurityGroup', id: groups.mysql.id },
      { name: 'nsg-endpoints', type: 'network:NetworkSecurityGroup', id: groups.endpoints.id },
    ];
    this.registerOutputs({ id: this.id });
  }

  /**
   * Creates a resource that joins a subnet, after the one before: a write puts the whole network into the state Updating, and
   * Azure now and then refuses a second one meanwhile (ReferencedResourceNotProvisioned). On destroy the order is reversed.
   */
  join<Joining extends Resource>(create: (dependsOn: readonly Resource[]) => Joining): Joining {
    const joining = create([this.#lastWrite]);
    this.#lastWrite = joining;
    return joining;
  }

  /** A private DNS zone, linked to the network: without a link nobody resolves its names. */
  privateZone(name: string, zoneName: string): { readonly zone: PrivateZone; readonly link: VirtualNetworkLink } {
    const { tags } = this.#context;
    const zone = new PrivateZone(
      `zone-${name}`,
      { privateZoneName: zoneName, resourceGroupName: this.#group, location: 'Global', tags },
      { parent: this },
    );
    const link = new VirtualNetworkLink(
      `zone-${name}-link`,
      {
        privateZoneName: zone.name,
        resourceGroupName: this.#group,
        virtualNetworkLinkName: 'network',
        location: 'Global',
        registrationEnabled: false,
        virtualNetwork: { id: this.#network.id },
        tags,
      },
      // A link is refused while a subnet is being written.
      { parent: this, dependsOn: [this.#lastSubnet] },
    );
    return { zone, link };
  }

  /** A private endpoint of a service. Returns what has to exist before the service's name resolves to it. */
  privateEndpoint(name: string, to: { serviceId: Input<string>; groupId: string; zoneName: string }): Resource[] {
    const { names, location, tags } = this.#context;
    const { zone, link } = this.privateZone(name, to.zoneName);
    const endpoint = this.join(
      (dependsOn) =>
        new PrivateEndpoint(
          `endpoint-${name}`,
          {
            privateEndpointName: names.scoped(`pe-${name}`),
            resourceGroupName: this.#group,
            location,
            tags,
            subnet: { id: this.endpointSubnetId },
            customNetworkInterfaceName: names.scoped(`nic-${name}`),
            privateLinkServiceConnections: [{ name, privateLinkServiceId: to.serviceId, groupIds: [to.groupId] }],
          },
          { parent: this, dependsOn: [...dependsOn] },
        ),
    );
    const records = new PrivateDnsZoneGroup(
      `endpoint-${name}-records`,
      {
        privateEndpointName: endpoint.name,
        resourceGroupName: this.#group,
        privateDnsZoneGroupName: 'default',
        privateDnsZoneConfigs: [{ name, privateDnsZoneId: zone.id }],
      },
      { parent: this },
    );
    return [link, records];
  }

  #securityGroups(plan: AddressPlan): Record<keyof AddressPlan, NetworkSecurityGroup> {
    const { names, location, tags } = this.#context;
    const make = (name: keyof AddressPlan, securityRules: ReturnType<typeof mysqlRules>) =>
      new NetworkSecurityGroup(
        `nsg-${name}`,
        {
          networkSecurityGroupName: names.scoped(`nsg-${name}`),
          resourceGroupName: this.#group,
          location,
          tags,
          securityRules,
        },
        { parent: this },
      );
    return {
      app: make('app', []),
      mysql: make('mysql', mysqlRules(plan)),
      endpoints: make('endpoints', endpointRules(plan, { hasShare: this.#context.config.media.shareGb > 0 })),
    };
  }

  #create(): VirtualNetwork {
    const { config, names, location, tags } = this.#context;
    return new VirtualNetwork(
      'network',
      {
        virtualNetworkName: names.scoped('vnet'),
        resourceGroupName: this.#group,
        location,
        tags,
        addressSpace: { addressPrefixes: [config.network.cidr] },
      },
      { parent: this },
    );
  }

  /** One at a time: Azure refuses a second change of a network while one is in progress. */
  #subnets(plan: AddressPlan, groups: Record<keyof AddressPlan, NetworkSecurityGroup>) {
    const app = this.#subnet('app', {
      addressPrefix: plan.app,
      delegation: 'Microsoft.Web/serverFarms',
      securityGroup: groups.app,
    });
    const mysql = this.#subnet(
      'mysql',
      {
        addressPrefix: plan.mysql,
        delegation: 'Microsoft.DBforMySQL/flexibleServers',
        securityGroup: groups.mysql,
        // For backups. Azure adds it by itself; without this line the next `up` would remove it.
        serviceEndpoints: ['Microsoft.Storage'],
      },
      app,
    );
    const endpoints = this.#subnet(
      'endpoints',
      { addressPrefix: plan.endpoints, securityGroup: groups.endpoints },
      mysql,
    );
    return { app, mysql, endpoints };
  }

  #subnet(name: string, plan: SubnetPlan, after?: Resource): Subnet {
    const { addressPrefix, delegation, securityGroup, serviceEndpoints = [] } = plan;
    return new Subnet(
      `subnet-${name}`,
      {
        subnetName: name,
        virtualNetworkName: this.#network.name,
        resourceGroupName: this.#group,
        addressPrefix,
        networkSecurityGroup: { id: securityGroup.id },
        // By default the security group does not apply to private endpoints.
        privateEndpointNetworkPolicies: delegation === undefined ? 'Enabled' : 'Disabled',
        serviceEndpoints: serviceEndpoints.map((service) => ({ service })),
        delegations: delegation === undefined ? [] : [{ name: 'service', serviceName: delegation }],
      },
      { parent: this, ...(after === undefined ? {} : { dependsOn: [after] }) },
    );
  }
}
