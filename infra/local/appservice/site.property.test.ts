import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SiteFixture, siteFixture, swapped } from './site.fixture.ts';
import type { SlotName } from './worker.ts';

type Step =
  | { readonly do: 'set'; readonly slot: SlotName; readonly value: string }
  | { readonly do: 'apply' | 'reset' | 'swap' | 'failing swap' | 'crash' };

/** What a person expects to see: a value per slot that travels with the content, and whether staging is prepared. */
interface Model {
  values: Record<SlotName, string>;
  prepared: boolean;
}

const slots = ['production', 'staging'] as const;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('set' as const),
    slot: fc.constantFrom(...slots),
    value: fc.stringMatching(/^[a-z]{1,3}$/),
  }),
  fc.record({ do: fc.constantFrom('apply', 'reset', 'swap', 'failing swap', 'crash') }),
);

async function take(it: SiteFixture, model: Model, next: Step): Promise<SiteFixture> {
  switch (next.do) {
    case 'set': {
      const change = it.site.replaceSettings(next.slot, { SLOT_NAME: next.slot, V: next.value });
      if (model.prepared && next.slot === 'staging') await expect(change).rejects.toMatchObject({ status: 409 });
      else {
        await change;
        model.values[next.slot] = next.value;
      }
      return it;
    }
    case 'apply': {
      const preparation = it.site.applySlotConfig('staging', 'production');
      if (model.prepared) await expect(preparation).rejects.toMatchObject({ status: 409 });
      else await preparation;
      model.prepared = true;
      return it;
    }
    case 'reset':
      await it.site.resetSlotConfig('staging');
      model.prepared = false;
      return it;
    case 'swap':
      expect((await swapped(it.site)).status).toBe('Succeeded');
      model.values = { production: model.values.staging, staging: model.values.production };
      model.prepared = false;
      return it;
    case 'failing swap': {
      const source = it.site.state.slots.staging.worker === 'a' ? it.a : it.b;
      source.unreachable = true;
      expect((await swapped(it.site)).status).toBe('Failed');
      source.unreachable = false;
      model.prepared = false;
      return it;
    }
    case 'crash':
      return it.reopened();
  }
}

async function check(it: SiteFixture, model: Model): Promise<void> {
  await it.site.settled();
  const { state } = it.site;
  expect(state.operation).toBeUndefined();
  expect(it.front.routing).toEqual({ production: state.slots.production.worker, staging: state.slots.staging.worker });
  expect(new Set(Object.values(it.front.routing)).size).toBe(2);
  for (const slot of slots) {
    const place = slot === 'staging' && model.prepared ? 'production' : slot;
    const wanted = { SLOT_NAME: place, V: model.values[slot] };
    expect(it.site.settings(slot)).toEqual(wanted);
    const worker = state.slots[slot].worker === 'a' ? it.a : it.b;
    expect(worker.spec?.settings).toEqual(wanted);
  }
}

test('whatever is done in whatever order, values travel with their content, sticky settings and routing stay as they should', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const opened = [await siteFixture()];
      const model: Model = { values: { production: 'p', staging: 's' }, prepared: false };
      try {
        for (const slot of slots)
          await opened[0]?.site.replaceSettings(slot, { SLOT_NAME: slot, V: model.values[slot] });
        for (const next of steps) {
          const it = opened.at(-1);
          if (it === undefined) throw new Error('no site is open');
          const after = await take(it, model, next);
          if (after !== it) opened.push(after);
          await check(after, model);
        }
      } finally {
        for (const each of opened) await each.remove();
      }
    }),
    { numRuns: 40 },
  );
});
