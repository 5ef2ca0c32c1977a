import { PLAN_SKUS, type PlanSkuName } from '../components/plan/plan-sizes.ts';
import { always, byStage, choice, flag, integer, list, text } from './key.ts';

function isPlanSku(name: string): name is PlanSkuName {
  return name in PLAN_SKUS;
}
const PLAN_SKU_NAMES = Object.keys(PLAN_SKUS).filter(isPlanSku);

export const plan = {
  sku: choice('plan.sku', PLAN_SKU_NAMES, {
    about: 'Size of the workers. Both slots run on them. Basic has no slots and is refused.',
    example: 'P1v3',
    default: byStage<PlanSkuName>({ prod: 'P1v3', dev: 'P0v3' }),
  }),
  instances: integer(
    'plan.instances',
    { min: 1, max: 30 },
    {
      about: 'Workers at creation; later autoscale or a person decides, and an `up` leaves it alone.',
      example: '3',
      unit: 'instances',
      default: byStage({ prod: 2, dev: 1 }),
    },
  ),
  zoneRedundant: flag('plan.zoneRedundant', {
    about:
      'Workers spread over zones. Needs two instances, Premium v3 or v4 and a region with zones; a plan that was made without can be changed where its scale unit has zones.',
    example: 'true',
    default: byStage({ prod: true, dev: false }),
  }),
} as const;

export const autoscale = {
  enabled: flag('autoscale.enabled', {
    about: 'Scale by CPU, memory, HTTP queue and schedule. Needs two instances at least.',
    example: 'true',
    default: byStage({ prod: true, dev: false }),
  }),
  min: integer(
    'autoscale.min',
    { min: 1, max: 30 },
    {
      about: 'Never fewer workers than this.',
      example: '2',
      unit: 'instances',
      default: byStage({ prod: 2, dev: 1 }),
    },
  ),
  max: integer(
    'autoscale.max',
    { min: 1, max: 30 },
    {
      about: 'Never more workers than this; the bill is bounded by it.',
      example: '10',
      unit: 'instances',
      default: byStage({ prod: 6, dev: 2 }),
    },
  ),
  busyMin: integer(
    'autoscale.busyMin',
    { min: 1, max: 30 },
    {
      about: 'Never fewer workers than this during busy hours.',
      example: '3',
      unit: 'instances',
      default: byStage({ prod: 3, dev: 1 }),
    },
  ),
  busyHours: text(
    'autoscale.busyHours',
    { form: 'HH:MM-HH:MM', pattern: /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/ },
    {
      about: 'Busy hours, Monday to Friday, in `autoscale.timeZone`.',
      example: '07:30-19:00',
      default: always('07:30-19:00'),
    },
  ),
  timeZone: text(
    'autoscale.timeZone',
    { form: 'a Windows time zone name', pattern: /^[A-Za-z0-9 .()+-]+$/ },
    {
      about: 'Time zone of the schedule, by its Windows name.',
      example: 'W. Europe Standard Time',
      default: always('W. Europe Standard Time'),
    },
  ),
} as const;

export const web = {
  phpVersion: choice('web.phpVersion', ['8.3', '8.4', '8.5'], {
    about: "PHP of App Service's own image. The next release brings a change, proves it in staging and swaps it in.",
    example: '8.4',
    default: always('8.4'),
  }),
  fpmChildren: integer(
    'web.fpmChildren',
    { min: 0, max: 500 },
    {
      about:
        'php-fpm children per slot and instance; 0 takes what fits the plan. Each may hold a connection to MySQL, so `up` warns when all workers together could hold more than it takes.',
      example: '40',
      default: always(0),
    },
  ),
  imageRatePerMinute: integer(
    'web.imageRatePerMinute',
    { min: 1, max: 1_000_000 },
    {
      about: 'Images one client may make.',
      example: '60',
      unit: 'per minute',
      default: byStage({ prod: 60, dev: 60_000 }),
    },
  ),
  trustedProxies: list(
    'web.trustedProxies',
    { form: 'an IP range or `unix:`', pattern: /^(unix:|[0-9a-f.:]+\/\d{1,3})$/ },
    {
      about:
        "Addresses whose X-Forwarded-For is trusted, besides the platform's own. With the edge on they may also set X-Azure-SocketIP.",
      example: '["203.0.113.0/24"]',
      default: always([]),
    },
  ),
} as const;

export const sidecar = {
  digest: text(
    'sidecar.digest',
    { form: '`sha256:` and 64 hex digits, or `none`', pattern: /^(sha256:[0-9a-f]{64}|none)$/ },
    {
      about:
        "Digest of the sidecar's image in the shared registry; `slipway image` sets it. `none` registers no site container, and an `up` deletes those that are there. In prod it has to be set, so that no `up` from a desk without it deletes them unasked.",
      example: `sha256:${'0'.repeat(64)}`,
      default: byStage({ prod: '', dev: 'none' }),
    },
  ),
  repository: text(
    'sidecar.repository',
    { form: 'a repository name', pattern: /^[a-z0-9]+([._/-][a-z0-9]+)*$/ },
    {
      about: "Repository of the sidecar's image.",
      example: 'slipway/sidecar',
      default: always('slipway/sidecar'),
    },
  ),
} as const;
