import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { didYouMean } from '../nearest.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';

export const command = defineCommand<TargetOptions>({
  group: 'operate',
  region: 'state',
  summary: 'lists what the sidecar could not carry, has it look again, or brings a directory into Blob',
  examples: [
    'slipway media list',
    'slipway media retry "reports/a.pdf"',
    'slipway media import storage/media --stack prod',
  ],
  configure(command) {
    addTargetOptions(command);
    command
      .argument('<action>', 'list, retry or import')
      .argument('[what]', 'retry: one file, everything without it; import: the directory');
  },
  async run({ args: [action, what], options, output }) {
    const { readMediaState, retryMedia, slots } = await import('../../release/media-state.ts');
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
      return output.result(answer, 'The sidecar looks again; ./slipway media list shows what is left.');
    }
    if (action !== 'import') {
      throw new UsageError(
        `there is no "media ${action}"`,
        `${didYouMean(action ?? '', ['list', 'retry', 'import'])}choose among list, retry and import`,
      );
    }
    if (what === undefined) throw new UsageError('the directory is missing', './slipway media import DIR');
    const { importMedia } = await import('../../release/media-import.ts');
    const imported = await importMedia(await releaseTarget(options), resolve(what), (text) => output.progress(text));
    const { files, bytes, skipped } = imported;
    const left = skipped.length === 0 ? '' : `\nNot taken, since they are no regular files: ${skipped.join(', ')}`;
    output.result(
      imported,
      `${files} files (${(bytes / 1024 ** 2).toFixed(1)} MB) are in the outbox; ./slipway media list shows how far they are.${left}`,
    );
  },
});
