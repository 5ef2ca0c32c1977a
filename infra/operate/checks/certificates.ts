import type { Finding } from '../../azure/doctor/check.ts';
import { durationText } from '../../azure/doctor/findings-text.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { textOf } from '../../lib/json.ts';
import type { Stack } from '../stack.ts';
import { count, orFine, problemOf, runbook, type StackCheck } from './stack-check.ts';

const NAME = 'certificates';
const DAY_MS = 86_400_000;
/** The availability test warns at 14 days. */
const SOON_MS = 21 * DAY_MS;

/** Domains and certificates of Front Door. Without one, App Service renews its own. */
export const certificates: StackCheck = {
  name: NAME,
  role: 'Reader',
  run: async (stack) => {
    const { arm, groupId, now } = stack;
    const profiles = await arm.list(`${groupId}/providers/Microsoft.Cdn/profiles`, AZURE_API.frontDoor);
    const below = async (profile: unknown, kind: 'customDomains' | 'secrets') =>
      arm.list(`${textOf(profile, 'id')}/${kind}`, AZURE_API.frontDoor);
    const domains = (await Promise.all(profiles.map((profile) => below(profile, 'customDomains')))).flat();
    const secrets = (await Promise.all(profiles.map((profile) => below(profile, 'secrets')))).flat();
    return orFine(
      [
        ...domains.flatMap((domain) => domainProblems(domain, stack)),
        ...secrets.flatMap((each) => expiring(each, now())),
      ],
      NAME,
      domains.length === 0 ? 'those of Azure alone, which it renews' : `${count(domains.length, 'domain')} in order`,
    );
  },
};

function domainProblems(domain: unknown, { name }: Stack): Finding[] {
  const host = textOf(domain, 'properties', 'hostName');
  const state = textOf(domain, 'properties', 'domainValidationState');
  if (state === 'Approved' || state === '') return [];
  return [
    problemOf(NAME, `${host} is ${state}`, fixOf(state, name), {
      urgency: state === 'Pending' ? 2 : 1,
      page: runbook('certificate'),
    }),
  ];
}

/** States: https://learn.microsoft.com/azure/frontdoor/domain */
function fixOf(state: string, stack: string): string {
  switch (state) {
    case 'Submitting':
      return 'Front Door looks at it now: ask again in some minutes';
    case 'Pending':
    case 'PendingRevalidation':
      return `its TXT record _dnsauth is missing or old: npx pulumi stack output customDomainRecords -s ${stack} has it`;
    case 'TimedOut':
    case 'RefreshingValidationToken':
    case 'Rejected':
      return `the token is used up: az afd custom-domain regenerate-validation-token, then the TXT record of npx pulumi stack output customDomainRecords -s ${stack}`;
    default:
      return `npx pulumi up -s ${stack}, then https://learn.microsoft.com/azure/frontdoor/domain`;
  }
}

/** Only a certificate of one's own says when it ends; Azure renews the others. */
function expiring(secret: unknown, now: Date): Finding[] {
  const ends = Date.parse(textOf(secret, 'properties', 'parameters', 'expirationDate'));
  const left = ends - now.getTime();
  if (Number.isNaN(ends) || left > SOON_MS) return [];
  const name = textOf(secret, 'name');
  const fix = `put a new version into the vault; Front Door takes it within 72 h when ${name} follows the latest version`;
  const found = left <= 0 ? `${name} has ended` : `${name} ends in ${durationText(left)}`;
  return [problemOf(NAME, found, fix, { urgency: left < 7 * DAY_MS ? 1 : 2, page: runbook('certificate') })];
}
