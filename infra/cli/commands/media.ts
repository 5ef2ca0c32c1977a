import { resolve } from 'node:path';
import { visible } from '../../lib/visible.mjs';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { didYouMean } from '../nearest.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';

export const command = defineCommand<TargetOptions & { readonly slot: string }>({
  group: 'operate',
  region: 'state',
  summary:
    'lists files that the sidecar could not upload, retries them or sets them aside, or imports a directory into Blob',
  examples: [
    'slipway media list',
    'slipway media retry "reports/a.pdf"',
    'slipway media set-aside "broken.png" --slot staging',
    'slipway media import storage/media --stack prod',
  ],
  configure(command) {
    addTargetOptions(command);
    command
      .argument('<action>', 'list, retry, set-aside or import')
      .argument('[what]', 'retry: one file, everything without it; set-aside: the file; import: the directory')
      .option('--slot <slot>', 'set-aside: production or staging', 'production');
  },
  async run({ args: [action, what], options, output }) {
    const { readMediaState, retryMedia, setMediaAside, slots } = await import('../../release/media/media-state.ts');
    const { mediaText } = await import('../views/media-text.ts');
    if (action === 'list') {
      const target = await releaseTarget(options);
      const states = await Promise.all(slots.map(async (slot) => [slot, await readMediaState(target, slot)] as const));
      return output.result(
        Object.fromEntries(states),
        states.map(([slot, state]) => mediaText(slot, state)).join('\n'),
      );
    }
    if (action === 'retry') {
      const answer = await retryMedia(await releaseTarget(options), 'production', what);
      return output.result(answer, 'The sidecar tries again; ./slipway media list shows what is left.');
    }
    if (action === 'set-aside') {
      if (what === undefined) throw new UsageError('the name is missing', './slipway media set-aside NAME');
      const slot = slots.find((name) => name === options.slot);
      if (slot === undefined) throw new UsageError(`there is no slot "${options.slot}"`, 'production or staging');
      const { movedTo } = await setMediaAside(await releaseTarget(options), slot, what);
      return output.result(
        { name: what, movedTo },
        visible(
          `${what} is in /home/media/set-aside/${movedTo} now. The sidecar neither uploads nor serves it any more.`,
        ),
      );
    }
    if (action !== 'import') {
      throw new UsageError(
        `there is no "media ${action}"`,
        `${didYouMean(action ?? '', ['list', 'retry', 'set-aside', 'import'])}choose among list, retry, set-aside and import`,
      );
    }
    if (what === undefined) throw new UsageError('the directory is missing', './slipway media import DIR');
    const [{ importMedia }, { importedText }] = await Promise.all([
      import('../../release/media/media-import.ts'),
      import('../views/imported-text.ts'),
    ]);
    const imported = await importMedia(await releaseTarget(options), resolve(what), (text) => output.progress(text));
    output.result(imported, importedText(imported));
  },
});
