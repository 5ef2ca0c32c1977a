import { SlipError } from '../../lib/errors.ts';
import { isObject, parseObject, textOf } from '../../lib/json.ts';
import type { WantedMount } from '../../lib/wanted.ts';

/** The mounts of a slot as they are wanted, without their keys. */
export function shownMounts(properties: Readonly<Record<string, unknown>>): Record<string, WantedMount> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const kind =
        textOf(value, 'type') === 'AzureFiles'
          ? ({ type: 'AzureFiles', protocol: 'Smb' } as const)
          : ({ type: 'AzureBlob', protocol: 'Http' } as const);
      const [accountName, shareName, mountPath] = ['accountName', 'shareName', 'mountPath'].map((member) =>
        textOf(value, member),
      );
      return [
        name,
        { ...kind, accountName: accountName ?? '', shareName: shareName ?? '', mountPath: mountPath ?? '' },
      ];
    }),
  );
}

/** The first key in an account's answer to `listKeys`. */
export function firstKey(
  account: string,
  { status, text }: { readonly status: number; readonly text: string },
): string {
  if (status === 403) {
    throw new SlipError('SLIP-RELEASE-ARM', {
      found: `the key of the storage account ${account}, which a mount needs, may not be read (403)`,
      expected: 'the right Microsoft.Storage/storageAccounts/listKeys/action, which Contributor has',
      fix: `give the identity that releases the role Storage Account Key Operator Service Role on ${account}; or do without mounts: media.mount false`,
    });
  }
  const { keys } = status === 200 ? parseObject(text) : {};
  const value: unknown = Array.isArray(keys) && isObject(keys[0]) ? keys[0].value : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw Object.assign(new Error(text.slice(0, 300)), { statusCode: status });
}
