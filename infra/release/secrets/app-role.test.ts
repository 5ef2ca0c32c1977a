import { expect, test } from '@jest/globals';
import { letApplicationRead } from './app-role.ts';
import { recordingArm } from './arm.fixture.ts';
import { missingInVault } from './vault-state.ts';

const address = { subscriptionId: 'sub', resourceGroup: 'rg', vault: 'kv-shop' };
const reader = { ...address, principalId: 'identity' };

test('the application may read the one secret, under the same name of assignment each time', async () => {
  const it = await recordingArm(() => [201, {}]);
  await letApplicationRead(it.arm, 'app-APP-KEY', reader);
  await letApplicationRead(it.arm, 'app-APP-KEY', reader);
  const [first, second] = it.asked;
  expect(first?.path).toMatch(
    /^PUT \/subscriptions\/sub\/resourceGroups\/rg\/providers\/Microsoft.KeyVault\/vaults\/kv-shop\/secrets\/app-APP-KEY\/providers\/Microsoft.Authorization\/roleAssignments\/[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}\?/,
  );
  expect(second?.path).toBe(first?.path);
  expect(first?.body).toMatchObject({ properties: { principalId: 'identity', principalType: 'ServicePrincipal' } });
  await it.close();
});

test('an assignment that is there is one; a refusal names the command that gives the role', async () => {
  const there = await recordingArm(() => [409, { error: { code: 'RoleAssignmentExists' } }]);
  await letApplicationRead(there.arm, 'app-APP-KEY', reader);
  await there.close();
  const refusing = await recordingArm(() => [403, { error: { code: 'AuthorizationFailed' } }]);
  await expect(letApplicationRead(refusing.arm, 'app-APP-KEY', reader)).rejects.toMatchObject({
    code: 'SLIP-APP-VAULT',
    detail: { fix: expect.stringContaining('az role assignment create --role "Key Vault Secrets User"') },
  });
  await refusing.close();
});

test('only what the vault is known not to have is missing', async () => {
  const it = await recordingArm((path) => [
    path.includes('app-ABSENT') ? 404 : path.includes('app-HIDDEN') ? 403 : 200,
    {},
  ]);
  expect(await missingInVault(it.arm, address, ['APP_KEY', 'ABSENT', 'HIDDEN'])).toEqual(['ABSENT']);
  expect(it.asked.map(({ path }) => path)).toContainEqual(
    expect.stringContaining('/vaults/kv-shop/secrets/app-APP-KEY?'),
  );
  await it.close();
});
