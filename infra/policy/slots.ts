import { inputAt, ofKind, textsOf } from '../evaluate/inputs.ts';
import type { RecordedResource } from '../evaluate/recorded.ts';
import { asObject } from '../lib/json.ts';
import { type HouseRule, settingsOf, siteKey, sitesOf } from './rule.ts';

export const sidecarEnvironment: HouseRule = {
  name: "the sidecar's environment",
  about: 'Every variable of a site container names an app setting of its site; any other name would be empty.',
  findings: (evaluation) =>
    ofKind(evaluation, 'web:WebAppSiteContainer', 'web:WebAppSiteContainerSlot').flatMap((container) => {
      const settings = settingsOf(evaluation, siteKey(container));
      return [...textsOf(inputAt(container, 'environmentVariables'))]
        .filter(({ path, text }) => path.endsWith('.value') && !(text in settings))
        .map(({ text }) => ({ resource: container.name, problem: `${text} is no app setting of its site` }));
    }),
};

export const stickyComplete: HouseRule = {
  name: 'sticky settings',
  about: 'Exactly the settings that differ between app and slot are sticky.',
  findings: (evaluation) =>
    ofKind(evaluation, 'web:WebAppSlotConfigurationNames').flatMap((names) => {
      const sticky = [...textsOf(inputAt(names, 'appSettingNames'))].map(({ text }) => text);
      const [app, ...slots] = sitesOf(evaluation).map(({ key }) => settingsOf(evaluation, key));
      if (app === undefined) return [];
      const differing = Object.keys({ ...app, ...Object.assign({}, ...slots) }).filter((name) =>
        slots.some((slot) => slot[name] !== app[name]),
      );
      return [
        ...differing
          .filter((name) => !sticky.includes(name))
          .map((name) => ({
            resource: names.name,
            problem: `${name} differs between slots and would be carried along`,
          })),
        ...sticky
          .filter((name) => [app, ...slots].some((settings) => !(name in settings)))
          .map((name) => ({ resource: names.name, problem: `${name} is sticky and not set on every slot` })),
      ];
    }),
};

export const slotsAlike: HouseRule = {
  name: 'app and slot alike',
  about: 'App and slot have the same arguments, because a swap exchanges them; but for what releases start them with.',
  findings: (evaluation) => {
    const [app, ...slots] = ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot');
    if (app === undefined) return [];
    return slots.flatMap((slot) =>
      Object.keys({ ...app.inputs, ...slot.inputs })
        .filter((key) => key !== 'slot')
        .filter((key) => JSON.stringify(sharedInput(app, key)) !== JSON.stringify(sharedInput(slot, key)))
        .map((key) => ({ resource: slot.name, problem: `${key} is not that of ${app.name}` })),
    );
  },
};

function sharedInput({ inputs }: RecordedResource, key: string): unknown {
  if (key !== 'siteConfig') return inputs[key];
  const { linuxFxVersion: _, ...shared } = asObject(inputs.siteConfig);
  return shared;
}

const WARM_UP = {
  WEBSITE_SWAP_WARMUP_PING_PATH: '/_slipway/ready',
  WEBSITE_SWAP_WARMUP_PING_STATUSES: '200',
  WEBSITE_WARMUP_PATH: '/_slipway/ready',
  WEBSITE_WARMUP_STATUSES: '200',
  WEBSITES_CONTAINER_STOP_TIME_LIMIT: '120',
};

export const warmUp: HouseRule = {
  name: 'warm-up and stop',
  about: 'Only status 200 counts as warm, and a stopping container gets two minutes.',
  findings: (evaluation) =>
    sitesOf(evaluation).flatMap(({ site, key }) => {
      const settings = settingsOf(evaluation, key);
      return Object.entries(WARM_UP)
        .filter(([name, value]) => settings[name] !== value)
        .map(([name, value]) => ({ resource: site.name, problem: `${name} is not ${value}` }));
    }),
};
