import { inputAt, kindOf, ofKind } from '../evaluate/inputs.ts';
import { UNKNOWN } from '../evaluate/placeholders.ts';
import type { RecordedResource } from '../evaluate/recorded.ts';
import { isJsonObject } from '../evaluate/values.ts';
import { type Finding, type HouseRule, settingsOf, sitesOf } from './rule.ts';

/** Inputs that say which resource it is; a change of one is another resource. */
const IDENTITY = ['containerName', 'name', 'resourceGroupName', 'secretName', 'slot', 'vaultName'];
/** Types whose inputs belong to releases after creation. */
const RELEASED = /^web:WebApp(ApplicationSettings|AzureStorageAccounts|SiteContainer)(Slot)?$/;

export const leftAlone: HouseRule = {
  name: 'what others change is left alone',
  about: 'An `up` does not overwrite what releases, autoscale and Azure change.',
  findings: (evaluation) => [
    ...evaluation.resources
      .filter((resource) => RELEASED.test(kindOf(resource)))
      .flatMap((resource) =>
        writableInputs(resource).map((key) => ({ resource: resource.name, problem: `an \`up\` would write ${key}` })),
      ),
    ...evaluation.resources
      .filter(({ ignoreChanges }) => ignoreChanges.some((path) => path !== 'tags'))
      .flatMap(sendsOld),
    ...ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot')
      .filter((site) => ![undefined, UNKNOWN].some((none) => inputAt(site, 'siteConfig.appSettings') === none))
      .map(({ name }) => ({ resource: name, problem: 'its settings are inline: an `up` would write them' })),
  ],
};

/**
 * Pulumi sends an ignored input with its old value from the state whenever another input changes, so an input that others
 * change may be ignored only where no other one can change. Tags are ours alone: sending old ones undoes nothing.
 */
function sendsOld(resource: RecordedResource): Finding[] {
  const ignored = resource.ignoreChanges.join(', ');
  return writableInputs(resource).map((key) => ({
    resource: resource.name,
    problem: `a change of ${key} would send an old ${ignored}`,
  }));
}

function writableInputs({ inputs, ignoreChanges }: RecordedResource): string[] {
  return Object.keys(inputs).filter((key) => !IDENTITY.includes(key) && !ignoreChanges.includes(key));
}

export const wantedIsWhole: HouseRule = {
  name: 'what a release writes',
  about: 'The exported settings are those of the app, without the sticky ones.',
  findings: (evaluation) => {
    const wanted = evaluation.outputs.wanted;
    const [app] = sitesOf(evaluation);
    if (app === undefined || !isJsonObject(wanted))
      return app === undefined ? [] : [{ resource: 'outputs', problem: 'no wanted' }];
    const { settings, stickySettings } = wanted;
    const sticky = isJsonObject(stickySettings) ? stickySettings.production : undefined;
    const whole = { ...(isJsonObject(settings) ? settings : {}), ...(isJsonObject(sticky) ? sticky : {}) };
    const real = settingsOf(evaluation, app.key);
    return Object.keys({ ...whole, ...real })
      .filter((name) => whole[name] !== real[name])
      .map((name) => ({ resource: 'outputs', problem: `wanted.settings.${name} is not what the app has` }));
  },
};
