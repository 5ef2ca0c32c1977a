import { SlipError } from '../../lib/errors.ts';
import type { SourceState } from '../package/source-state.ts';
import type { Gate } from './gate.ts';

const LISTED_FILES = 5;

/** What is released has to be found again under a commit. */
export const uncommittedChanges: Gate<{ readonly source: SourceState | undefined; readonly allowDirty: boolean }> = {
  name: 'uncommitted-changes',
  check({ source, allowDirty }) {
    if (source === undefined) return 'the source is not under version control: history names no commit';
    if (source.changed.length === 0) return undefined;
    if (allowDirty) return `${source.changed.length} uncommitted changes are released too`;
    const more = source.changed.length - LISTED_FILES;
    throw new SlipError('SLIP-RELEASE-UNCOMMITTED', {
      found: `${source.changed.length} uncommitted changes: ${source.changed.slice(0, LISTED_FILES).join(', ')}${more > 0 ? `, and ${more} more` : ''}`,
      expected: 'a clean work tree, so that history can name what was released',
      fix: 'commit them, or release them as they are with --dirty',
    });
  },
};
