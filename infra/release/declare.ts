import { SlipError } from '../lib/errors.ts';
import { declareLive } from './phases/live-declaration.ts';
import { Steps } from './phases/steps.ts';
import type { ReleaseTarget } from './target/target.ts';
import { type SessionOptions, withSession } from './with-session.ts';

export interface DeclareRequest extends SessionOptions {
  readonly target: ReleaseTarget;
}

/**
 * Finishes or undoes what a killed command left, as every command does, and declares live what production runs: after a swap that somebody
 * did by hand nothing else does. Resolves with the version.
 */
export async function declareRunning(request: DeclareRequest): Promise<{ readonly version: string }> {
  const { target } = request;
  const steps = new Steps(request.listener, request.signal);
  return withSession(target, request, steps, (session) =>
    steps.run('declare', async (note) => {
      const running = await session.production.version();
      if (running === undefined) throw notDeclared('production does not answer with a version');
      const problem = await declareLive(session, running.version);
      if (problem !== undefined) throw notDeclared(problem);
      note(`${running.version} is live`);
      return { version: running.version };
    }),
  );
}

function notDeclared(found: string): SlipError {
  return new SlipError('SLIP-RELEASE-NOT-DECLARED', {
    found,
    expected: 'a production that runs a version and takes the release token',
    fix: './slipway status and ./slipway logs say what runs; then repeat the command',
  });
}
