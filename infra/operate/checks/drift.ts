import type { WantedConfiguration } from '../../lib/wanted.ts';
import { frameworkSettings } from '../../release/app/framework-settings.ts';
import { KINDS } from '../../release/app/manifest-schema.ts';
import { settingsDrift } from '../../release/settings-drift.ts';
import { type Configuration, lastLive } from '../../release/store/history.ts';
import { readConfiguration } from '../../release/store/slot-configuration.ts';
import type { Stack } from '../stack.ts';
import { note, orFine, problemOf, type StackCheck } from './stack-check.ts';

const ROLE = 'Website Contributor';

/** What somebody changed by hand: the next release or rollback undoes it without a word. */
export const drift: StackCheck = {
  name: 'drift',
  role: ROLE,
  run: async (stack) => {
    const released = lastLive(await stack.history());
    if (released === undefined) return [note('drift', 'nothing has been released yet')];
    const running = await stack.web.production.version();
    if (running !== undefined && running.version !== released.version) {
      return [
        note(
          'drift',
          `production runs ${running.version}, which no release put live: ./slipway heal --stack ${stack.name}`,
        ),
      ];
    }
    const lines = settingsDrift(await readConfiguration(stack.appService, 'production'), released);
    const fix = `put it into the program or undo it: ./slipway drift --stack ${stack.name}`;
    return orFine(
      lines.map((line) => problemOf('drift', `production: ${line}`, fix, { urgency: 3 })),
      'drift',
      'production is as the last release wrote it',
    );
  },
};

/** What the program wants otherwise than production has it: the next release brings it. */
export const unreleased: StackCheck = {
  name: 'unreleased settings',
  role: ROLE,
  run: async (stack) => {
    const differing = await differingSettings(stack);
    if (differing.length === 0) {
      return [{ check: 'unreleased settings', verdict: 'fine', found: 'production has what the program wants' }];
    }
    return [note('unreleased settings', `the next release changes in production: ${differing.join(', ')}`)];
  },
};

/** Names of what production has otherwise than the program wants it. No values: each may be a secret. */
export async function differingSettings(stack: Stack): Promise<string[]> {
  const [found, wanted] = await Promise.all([readConfiguration(stack.appService, 'production'), stack.target.wanted()]);
  return settingsDrift(ofProgram(found, wanted.settings), asConfiguration(wanted, found)).map((line) =>
    line.replace(
      /: (added|removed|changed) since the release$/,
      (_, done: string) => ` (${SEEN_FROM_PROGRAM[done] ?? done})`,
    ),
  );
}

/** `settingsDrift` tells what was done after the release; here the program is the newer one. */
const SEEN_FROM_PROGRAM: Readonly<Record<string, string>> = { added: 'removed', removed: 'added' };

/** Settings that the application brings are no difference to the program. */
function ofProgram(found: Configuration, wanted: Settings): Configuration {
  const settings = Object.entries(found.settings).filter(([name]) => name in wanted);
  return { ...found, settings: Object.fromEntries(settings) };
}

/** A framework may have a name of the program's with another value, which a release derives from the program too. */
function asConfiguration(wanted: WantedConfiguration, found: Configuration): Configuration {
  const { settings, siteContainers, stack, command, mounts } = wanted;
  const derived = KINDS.map((kind) => frameworkSettings(kind, settings));
  const expected = Object.entries(settings).map(([name, value]) => {
    const now = found.settings[name];
    return [name, now !== undefined && derived.some((names) => names[name] === now) ? now : value] as const;
  });
  return { settings: Object.fromEntries(expected), siteContainers, stack, startupCommand: command, mounts };
}

type Settings = Readonly<Record<string, string>>;
