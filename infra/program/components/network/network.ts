import { NetworkSecurityGroup } from '@pulumi/azure-native/network/networkSecurityGroup.js';
import { PrivateDnsZoneGroup } from '@pulumi/azure-native/network/privateDnsZoneGroup.js';
import { PrivateEndpoint } from '@pulumi/azure-native/network/privateEndpoint.js';
import { Subnet } from '@pulumi/azure-native/network/subnet.js';
import { VirtualNetwork } from '@pulumi/azure-native/network/virtualNetwork.js';
import { PrivateZone } from '@pulumi/azure-native/privatedns/privateZone.js';
import { VirtualNetworkLink } from '@pulumi/azure-native/privatedns/virtualNetworkLink.js';
import { ComponentResource, type Input, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../context.ts';
import type { Telling, Told } from '../diagnostics/diagnostics.ts';
import { type AddressPlan, addressPlan } from './cidr.ts';
import { endpointRules, mysqlRules } from './security-rules.ts';

interface SubnetPlan {
  readonly addressPrefix: string;
  /** The service the whole subnet is handed to. */
  readonly delegation?: string;
  readonly securityGroup: NetworkSecurityGroup;
  /** Services reached over Azure's backbone. */
  readonly serviceEndpoints?: readonly string[];
}

/** The stage's network: one subnet for the app, one for MySQL, one for private endpoints. */
export class Network extends ComponentResource implements Telling {
  readonly appSubnetId: Output<string>;
  readonly mysqlSubnetId: Output<string>;
  readonly endpointSubnetId: Output<string>;
  readonly id: Output<string>;
  readonly told: readonly Told[];
  readonly #context: Context;
  readonly #group: Output<string>;
  readonly #network: VirtualNetwork;

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
    this.told = [
      { name: 'network', type: 'network:VirtualNetwork', id: this.id },
      { name: 'nsg-app', type: 'network:NetworkSecurityGroup', id: groups.app.id },
      { name: 'nsg-mysql', type: 'network:NetworkSecurityGroup', id: groups.mysql.id },
      { name: 'nsg-endpoints', type: 'network:NetworkSecurityGroup', id: groups.endpoints.id },
    ];
    this.registerOutputs({ id: this.id });
  }

  /** A private DNS zone that the network asks. The link comes with it: a zone without one answers nobody. */
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
      { parent: this },
    );
    return { zone, link };
  }

  /** A door to a service inside the network. Returns what has to exist before the service's name leads to it. */
  privateEndpoint(name: string, to: { serviceId: Input<string>; groupId: string; zoneName: string }): Resource[] {
    const { names, location, tags } = this.#context;
    const { zone, link } = this.privateZone(name, to.zoneName);
    const endpoint = new PrivateEndpoint(
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
      { parent: this },
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
      endpoints: make('endpoints', endpointRules(plan)),
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

  /** One after the other: Azure refuses a second change of a network while one is under way. */
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
        // For its backups; Azure adds it, and an `up` that knew nothing of it would take it away.
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
        // So that the security group counts for private endpoints too; Azure leaves it out by default.
        privateEndpointNetworkPolicies: delegation === undefined ? 'Enabled' : 'Disabled',
        serviceEndpoints: serviceEndpoints.map((service) => ({ service })),
        delegations: delegation === undefined ? [] : [{ name: 'service', serviceName: delegation }],
      },
      { parent: this, ...(after === undefined ? {} : { dependsOn: [after] }) },
    );
  }
}
