import { expect, test } from '@jest/globals';
import type { WebSlot } from '../appservice/web-slot.ts';
import { schemaInRange } from './schema-in-range.ts';

function check(running: { readonly schema: string; readonly schemaMin: string } | undefined) {
  const version = async () => (running === undefined ? undefined : { version: 'new', ...running });
  return schemaInRange.check({ slot: { url: 'https://s', version } as unknown as WebSlot });
}

test.each(['20260101000000', '20260102000000'])('a schema of %s is enough for 20260101000000', async (schema) => {
  expect(await check({ schema, schemaMin: '20260101000000' })).toBeUndefined();
});

test('an older schema, or none that can be asked for, is refused', async () => {
  const code = 'SLIP-RELEASE-SCHEMA';
  await expect(check({ schema: '20251231000000', schemaMin: '20260101000000' })).rejects.toMatchObject({ code });
  await expect(check(undefined)).rejects.toMatchObject({ code });
});
