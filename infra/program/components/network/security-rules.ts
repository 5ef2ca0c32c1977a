import type { AddressPlan } from './cidr.ts';

interface AllowRule {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Ports, or `*`. */
  readonly ports: readonly string[];
}

/** Blob (HTTPS), Azure Managed Redis, Azure Cache for Redis. */
const ENDPOINT_PORTS = ['443', '10000', '6380'];
/** SMB, of Azure Files. */
const SHARE_PORT = '445';
const MYSQL_PORT = '3306';
const FIRST_PRIORITY = 100;
/** After every opening, before Azure's own 65000 that lets the whole network in. */
const LAST_PRIORITY = 4000;

/** Only the app talks to MySQL; the servers of one subnet talk to each other, for high availability. */
export function mysqlRules(plan: AddressPlan) {
  return denyAllBut([
    { name: 'app-to-mysql', from: plan.app, to: plan.mysql, ports: [MYSQL_PORT] },
    { name: 'mysql-to-itself', from: plan.mysql, to: plan.mysql, ports: ['*'] },
  ]);
}

/** Only the app uses the private endpoints. */
export function endpointRules(plan: AddressPlan, { hasShare }: { readonly hasShare: boolean }) {
  const ports = hasShare ? [...ENDPOINT_PORTS, SHARE_PORT] : ENDPOINT_PORTS;
  return denyAllBut([{ name: 'app-to-endpoints', from: plan.app, to: plan.endpoints, ports }]);
}

function denyAllBut(allowRules: readonly AllowRule[]) {
  const inbound = { direction: 'Inbound', sourcePortRange: '*' } as const;
  const allowed = allowRules.map(({ name, from, to, ports }, index) => ({
    ...inbound,
    name,
    priority: FIRST_PRIORITY + index * 10,
    access: 'Allow',
    protocol: ports.includes('*') ? '*' : 'Tcp',
    sourceAddressPrefix: from,
    destinationAddressPrefix: to,
    ...(ports.includes('*') ? { destinationPortRange: '*' } : { destinationPortRanges: [...ports] }),
  }));
  const rest = {
    ...inbound,
    name: 'nobody-else',
    priority: LAST_PRIORITY,
    access: 'Deny',
    protocol: '*',
    // The network and its peers. Azure's own rules after it let its load balancer in and keep the internet out.
    sourceAddressPrefix: 'VirtualNetwork',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
  };
  return [...allowed, rest];
}
