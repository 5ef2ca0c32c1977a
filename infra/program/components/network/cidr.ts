/** An IPv4 range as numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** undefined when the text is no IPv4 range, or does not begin at its own prefix. */
export function parseCidr(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
}

export function formatCidr({ first, prefix }: Range): string {
  const octets = [first / 2 ** 24, first / 2 ** 16, first / 2 ** 8, first].map((part) => Math.floor(part) % 256);
  return `${octets.join('.')}/${prefix}`;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** RFC 1918. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(parseCidr).filter((range) => range !== undefined);

export function isPrivate(range: Range): boolean {
  return PRIVATE.some((space) => space.first <= range.first && range.last <= space.last);
}

export interface AddressPlan {
  /** For App Service's network integration: one address per instance, twice that while it scales or updates. */
  readonly app: string;
  readonly mysql: string;
  readonly endpoints: string;
}

/** The longest prefix that still gives three useful subnets: a /24 gives a /26 and two /27. */
export const NARROWEST_PREFIX = 24;
export const WIDEST_PREFIX = 16;

/**
 * The app gets a quarter, MySQL and the private endpoints an eighth each; half stays free. A /26 for the app is what
 * https://learn.microsoft.com/azure/app-service/overview-vnet-integration recommends; MySQL needs a /28 at least,
 * https://learn.microsoft.com/azure/mysql/flexible-server/concepts-networking-vnet
 */
export function addressPlan(cidr: string): AddressPlan {
  const space = parseCidr(cidr);
  if (space === undefined) throw new RangeError(`${cidr} is not an IPv4 range`);
  const size = space.last - space.first + 1;
  const cut = (offset: number, part: number): string =>
    formatCidr({ first: space.first + size * offset, last: 0, prefix: space.prefix + part });
  return { app: cut(0, 2), mysql: cut(1 / 4, 3), endpoints: cut(3 / 8, 3) };
}
