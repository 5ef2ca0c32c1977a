import { inputAt, kindOf, listAt, ofKind, textAt } from '../../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../../evaluate/recorded.ts';
import { isJsonObject, type Json } from '../../evaluate/values.ts';
import { ROLES } from '../../program/components/identity/roles.ts';
import type { Arrow, Box, Drawing } from './drawing.ts';

const APP = 'app';
const MYSQL = 'mysql';
/** What stands behind a private endpoint, by the group of its connection. */
const BEHIND: Readonly<Record<string, string>> = {
  blob: 'Blob: media',
  redisEnterprise: 'Redis',
  redisCache: 'Redis',
  file: 'Files: media',
};

/** Who reaches what: the network with its subnets and private endpoints, what is outside it, and the roles of the app's identity. */
export function networkDrawing(evaluation: Evaluation): Drawing {
  const [network] = ofKind(evaluation, 'network:VirtualNetwork');
  const cidr =
    network === undefined ? '' : String(listOrEmpty(inputAt(network, 'addressSpace.addressPrefixes'))[0] ?? '');
  const subnets = ofKind(evaluation, 'network:Subnet');
  const endpoints = ofKind(evaluation, 'network:PrivateEndpoint');
  const door = ofKind(evaluation, 'cdn:AFDEndpoint').length > 0;
  const nodes: Box[] = [
    { id: 'visitors', label: 'visitors', kind: 'person' },
    ...(door ? [{ id: 'door', label: 'Front Door', detail: 'public, WAF', kind: 'part' } satisfies Box] : []),
    {
      id: APP,
      label: 'App Service',
      detail: 'both slots, outbound;\ninbound from Front Door only',
      kind: 'part',
      within: subnetWith(subnets, 'Microsoft.Web'),
    },
    { id: MYSQL, label: 'MySQL', detail: 'no public address', kind: 'store', within: subnetWith(subnets, 'MySQL') },
    ...endpoints.map((endpoint) => endpointBox(endpoint, subnets)),
    ...endpoints.map(
      (endpoint) =>
        ({
          id: `behind-${endpoint.name}`,
          label: behind(endpoint),
          detail: 'public access off',
          kind: 'store',
        }) satisfies Box,
    ),
    { id: 'vault', label: 'Key Vault', detail: 'Entra tokens only', kind: 'store' },
    { id: 'registry', label: 'registry', detail: 'Entra tokens only', kind: 'store' },
  ];
  return {
    title: `The network, stage ${evaluation.stage}`,
    description:
      'Visitors reach Front Door only. The app reaches MySQL in a subnet of its own, Redis and Blob by private endpoints, Key Vault and the registry by the roles of its identity.',
    groups: [
      { id: 'vnet', label: `VNet ${cidr}` },
      ...subnets.map((subnet) => ({
        id: subnet.name,
        label: `${textAt(subnet, 'subnetName')} ${textAt(subnet, 'addressPrefix')}`,
        within: 'vnet',
      })),
    ],
    nodes,
    arrows: [
      ...(door
        ? [
            { from: 'visitors', to: 'door', label: '443' },
            { from: 'door', to: APP, label: '443, X-Azure-FDID' },
          ]
        : [{ from: 'visitors', to: APP, label: '443' }]),
      { from: APP, to: MYSQL, label: `TLS ${allowedPorts(evaluation, subnets, 'mysql')}` },
      ...endpoints.map((endpoint): Arrow => ({ from: APP, to: endpoint.name, label: `TLS ${portOf(endpoint)}` })),
      ...endpoints.map((endpoint): Arrow => ({ from: endpoint.name, to: `behind-${endpoint.name}` })),
      ...roleArrows(evaluation),
      { from: 'vault', to: 'registry', hidden: true },
      ...endpoints
        .slice(1)
        .map(({ name }, index): Arrow => ({ from: endpoints[index]?.name ?? '', to: name, hidden: true })),
    ],
  };
}

function subnetWith(subnets: readonly RecordedResource[], service: string): string {
  return (
    subnets.find((subnet) => JSON.stringify(inputAt(subnet, 'delegations') ?? []).includes(service))?.name ?? 'vnet'
  );
}

function endpointBox(endpoint: RecordedResource, subnets: readonly RecordedResource[]): Box {
  const id = textAt(endpoint, 'subnet.id');
  const subnet =
    subnets.find((each) => id.endsWith(`/${textAt(each, 'subnetName')}`) || each.id === id)?.name ?? 'vnet';
  return { id: endpoint.name, label: 'private endpoint', detail: behind(endpoint), kind: 'part', within: subnet };
}

function groupIdOf(endpoint: RecordedResource): string {
  const [connection] = listAt(endpoint, 'privateLinkServiceConnections');
  const groups = isJsonObject(connection ?? null)
    ? listOrEmpty((connection as Readonly<Record<string, Json>>).groupIds)
    : [];
  return String(groups[0] ?? '');
}

function behind(endpoint: RecordedResource): string {
  return BEHIND[groupIdOf(endpoint)] ?? groupIdOf(endpoint);
}

function portOf(endpoint: RecordedResource): string {
  const ports: Readonly<Record<string, string>> = {
    blob: '443',
    redisEnterprise: '10000',
    redisCache: '6380',
    file: '445',
  };
  return ports[groupIdOf(endpoint)] ?? '';
}

/** Ports that the subnet's security group lets the app's subnet reach. */
function allowedPorts(evaluation: Evaluation, subnets: readonly RecordedResource[], name: string): string {
  const app = textAt(
    subnets.find((subnet) => textAt(subnet, 'subnetName') === 'app') ?? subnets[0] ?? ({} as RecordedResource),
    'addressPrefix',
  );
  const ports = ofKind(evaluation, 'network:NetworkSecurityGroup')
    .filter((group) => group.name === `nsg-${name}`)
    .flatMap((group) => listAt(group, 'securityRules'))
    .filter(isJsonObject)
    .filter(({ access, sourceAddressPrefix }) => access === 'Allow' && sourceAddressPrefix === app)
    .flatMap(({ destinationPortRanges }) => listOrEmpty(destinationPortRanges).map(String));
  return [...new Set(ports)].join(', ');
}

/** What the identity of the app may do, by the roles that the program gives it. */
function roleArrows(evaluation: Evaluation): Arrow[] {
  const identity = new Set(ofKind(evaluation, 'managedidentity:UserAssignedIdentity').map(({ urn }) => urn));
  const roles = ofKind(evaluation, 'authorization:RoleAssignment').filter(({ dependencies }) =>
    dependencies.some((urn) => identity.has(urn)),
  );
  const has = (id: string) => roles.some((role) => textAt(role, 'roleDefinitionId').endsWith(id));
  return [
    ...(has(ROLES.keyVaultSecretsUser) ? [{ from: APP, to: 'vault', label: 'identity:\nreads its secrets' }] : []),
    ...(has(ROLES.acrPull) ? [{ from: APP, to: 'registry', label: 'identity:\npulls the image' }] : []),
  ];
}

function listOrEmpty(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** Kinds that the picture has to show; a new one that is missing fails the test. */
export const NETWORK_KINDS = ['network:VirtualNetwork', 'network:Subnet', 'network:PrivateEndpoint'] as const;

export function networkResources({ resources }: Evaluation): RecordedResource[] {
  return resources.filter((resource) => (NETWORK_KINDS as readonly string[]).includes(kindOf(resource)));
}
