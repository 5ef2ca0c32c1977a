import { isDeepStrictEqual } from 'node:util';
import { SlipError } from '../../lib/errors.ts';
import type { WantedContainer } from '../../lib/wanted.ts';
import type { AppService } from '../appservice/app-service.ts';
import { imagesThere } from '../gates/images-there.ts';
import { referencesResolved } from '../gates/references-resolved.ts';
import type { Configuration } from '../store/history.ts';
import { holds, startsAs } from '../store/slot-configuration.ts';
import type { Attempt } from './attempt.ts';
import { expectStart } from './expect-start.ts';
import type { Session } from './session.ts';

/** Puts a version into the staging slot: its configuration whole, then the package; waits until it runs. */
export async function stage(session: Session, attempt: Attempt, file: string): Promise<void> {
  const { appService, target, steps } = session;
  const { version, bytes } = attempt.candidate;
  const scmHost = (await appService.slot())?.scmHost ?? '';
  await steps.pass([imagesThere], { registry: target, configuration: attempt.candidate });
  steps.progress('writing settings');
  await writeSettings(appService, attempt.candidate);
  await writeStart(appService, attempt.candidate);
  await writeMounts(appService, attempt.candidate);
  await steps.pass([referencesResolved], {
    appService,
    limitMs: target.limits.referencesMs,
    pollMs: target.management.pollMs,
  });
  steps.progress('writing the site containers');
  await writeContainers(appService, attempt.candidate.siteContainers);
  steps.progress('publishing the package');
  const deployment = await appService.publish(scmHost, file, bytes);
  if (deployment.failed) {
    throw new SlipError('SLIP-RELEASE-DEPLOYMENT', {
      found: `the deployment failed: ${deployment.message}`,
      expected: 'the package to be placed in /home/site/wwwroot of the slot',
      fix: 'see the deployment’s log on the SCM site; then repeat the command',
    });
  }
  if (deployment.unknown) steps.notice(`whether the package was placed, staging has to show: ${deployment.message}`);
  steps.progress('waiting for it to start');
  await expectStart(session, { version, slot: 'staging' });
}

/** A preparation that somebody left refuses every change of the slot, and shows production's sticky settings in it. */
export async function clearPreparation({ appService, steps, target }: Session): Promise<void> {
  const slot = await appService.slot();
  if (slot?.preparedFor === undefined) return;
  steps.notice(`the slot ${target.site.slot} was still prepared for a swap with ${slot.preparedFor}: reset`);
  await appService.reset();
}

/** Everything but the sticky settings, which stay as the slot has them. Equal settings are not written: no restart. */
async function writeSettings(appService: AppService, { settings }: Configuration): Promise<void> {
  const [current, sticky] = await Promise.all([appService.settings('staging'), appService.stickyNames()]);
  const kept = Object.fromEntries(Object.entries(current).filter(([name]) => sticky.includes(name)));
  const next = { ...settings, ...kept };
  if (isDeepStrictEqual(current, next)) return;
  await appService.replaceSettings(next);
}

async function writeStart(appService: AppService, { stack, startupCommand }: Configuration): Promise<void> {
  if (startsAs(await appService.start('staging'), { stack, startupCommand })) return;
  await appService.changeStart({ stack, startupCommand });
}

/** Equal ones are written too: their keys, which the platform does not show, may have been renewed. */
async function writeMounts(appService: AppService, { mounts }: Configuration): Promise<void> {
  if (mounts === undefined) return;
  const none = Object.keys(mounts).length === 0 && Object.keys(await appService.mounts('staging')).length === 0;
  if (!none) await appService.replaceMounts(mounts);
}

async function writeContainers(appService: AppService, wanted: readonly WantedContainer[]): Promise<void> {
  const current = await appService.containers('staging');
  for (const container of wanted) {
    const found = current.find(({ name }) => name === container.name);
    if (found === undefined || !holds(found.properties, container.properties)) await appService.putContainer(container);
  }
  for (const { name } of current) {
    if (!wanted.some((container) => container.name === name)) await appService.deleteContainer(name);
  }
}
