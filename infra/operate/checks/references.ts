import type { SettingReference } from '../../release/appservice/app-service.ts';
import { type Stack, siteId } from '../stack.ts';
import { count, DOES_NOT_START, ofEachSlot, orFine, problemOf } from './stack-check.ts';

/** An unresolved Key Vault reference reaches the application as its literal text. */
export const references = ofEachSlot('Key Vault references', 'Reader', async (stack, slot, check) => {
  const found = await stack.appService.references(slot);
  const open = found.filter(({ status }) => status !== 'Resolved');
  const refresh = `az rest --method post --url "https://management.azure.com${siteId(stack, slot)}/config/configreferences/appsettings/refresh?api-version=2025-05-01"`;
  return orFine(
    open.map(({ setting, status, details }) => {
      const said = `${setting} is not resolved: ${status}${details === undefined ? '' : `, ${details}`}`;
      return problemOf(check, said, fixOf(stack, { setting, status }, refresh), {
        urgency: slot === 'production' ? 1 : 2,
        page: DOES_NOT_START,
      });
    }),
    check,
    found.length === 0 ? 'there are none' : `${count(found.length, 'reference')} resolved`,
  );
});

/** Statuses: https://learn.microsoft.com/azure/app-service/app-service-key-vault-references */
function fixOf(
  stack: Stack,
  { setting, status }: Pick<SettingReference, 'setting' | 'status'>,
  refresh: string,
): string {
  switch (status) {
    case 'SecretNotFound':
    case 'SecretVersionNotFound':
      return `./slipway secret set ${setting} --stack ${stack.name}, or npx pulumi up -s ${stack.name} where the program makes it; then ${refresh}`;
    case 'AccessToKeyVaultDenied':
    case 'UnauthorizedClient':
      return `the role Key Vault Secrets User of the app's identity is missing or has not spread yet (minutes): npx pulumi up -s ${stack.name}; then ${refresh}`;
    case 'MSINotEnabled':
      return `the slot has no identity to read with: npx pulumi up -s ${stack.name}`;
    case 'VaultNotFound':
      return `the vault of the reference does not exist: npx pulumi up -s ${stack.name}, then ./slipway release --stack ${stack.name}`;
    case 'InvalidSyntax':
      return `the program or slipway.yaml names it wrongly; ./slipway release --stack ${stack.name} writes it again`;
    default:
      return `App Service has not looked at it, or the vault did not answer: ${refresh}`;
  }
}
