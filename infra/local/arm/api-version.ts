import { ArmError } from '../appservice/arm-error.ts';

/** Of Microsoft.Web, from the one that has site containers on. Older ones answer in other shapes. */
const WEB: readonly string[] = ['2023-12-01', '2024-04-01', '2024-11-01', '2025-03-01', '2025-05-01'];

const RESOURCES: readonly string[] = [
  '2020-01-01',
  '2021-01-01',
  '2021-04-01',
  '2022-09-01',
  '2022-12-01',
  '2024-03-01',
  '2024-11-01',
  '2025-04-01',
];

const STORAGE: readonly string[] = ['2022-09-01', '2023-01-01', '2023-04-01', '2023-05-01', '2024-01-01'];

/** The only one that has annotations. */
const INSIGHTS: readonly string[] = ['2015-05-01'];

const SUPPORTED = {
  'Microsoft.Insights': INSIGHTS,
  'Microsoft.Web': WEB,
  'Microsoft.Storage': STORAGE,
  'Microsoft.Resources': RESOURCES,
} as const;
export type Provider = keyof typeof SUPPORTED;

export function assertApiVersion(query: URLSearchParams, provider: Provider): void {
  const version = query.get('api-version');
  if (version === null || version === '') {
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  const supported = SUPPORTED[provider];
  if (!supported.includes(version)) {
    throw new ArmError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version.slice(0, 40)}' is invalid. The supported versions are '${supported.join(',')}'.`,
    );
  }
}
