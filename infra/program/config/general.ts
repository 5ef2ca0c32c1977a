import { always, byStage, choice, integer, list, record, STAGES, text } from './key.ts';

const EVERY = STAGES;

/** Kinds of resources whose loss would hurt; `protect.except` names those that may go. */
export const PROTECTED = ['app', 'cache', 'media', 'mysql', 'registry', 'releases', 'vault'] as const;
export type ProtectedKind = (typeof PROTECTED)[number];

export const general = {
  stage: choice('stage', STAGES, {
    about: 'Which of the three kinds of stack this is. Has to be set.',
    example: 'prod',
    stages: EVERY,
    default: always('dev'),
  }),
  app: text(
    'app',
    { form: 'the path of a directory', pattern: /^[^\n\r]{1,400}$/ },
    {
      about:
        'The application that `npm start` and `./slipway release` take, from the directory of `Pulumi.yaml`. Set there, below `config`.',
      example: '../shop',
      stages: EVERY,
      default: always('webapplication'),
    },
  ),
  name: text(
    'name',
    { form: '2 to 12 lower-case letters and digits, a letter first', pattern: /^[a-z][a-z0-9]{1,11}$/ },
    {
      about: 'Begins the name of everything in Azure. Another name is another system.',
      example: 'shop',
      stages: EVERY,
      default: always('slipway'),
    },
  ),
  generation: integer(
    'generation',
    { min: 1, max: 99 },
    {
      about:
        'Part of every name that must be unique in the whole of Azure. Raise it after a tear-down, when a deleted vault still holds its name.',
      example: '2',
      stages: EVERY,
      default: always(1),
    },
  ),
  location: text(
    'location',
    { form: 'an Azure region, lower case without spaces', pattern: /^[a-z]+[0-9]?$/ },
    {
      about: 'The region of everything that has one.',
      example: 'westeurope',
      stages: EVERY,
      default: always('swedencentral'),
    },
  ),
  tags: record(
    'tags',
    // What the pickiest allow, which are private DNS zones (15 tags, no spaces or colons) and Front Door:
    // https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
    {
      form: 'at most 12; a name is letters, digits, `.`, `_` and `-`, begins with a letter and not with `azure`, `microsoft` or `windows`, and is none of ours; a text has at most 256 characters',
      pattern: /^(?!azure|microsoft|windows)(?!(application|stage|managed-by)$)[a-z][\w.-]{0,127}$/i,
      longest: 256,
      most: 12,
    },
    {
      about: 'Tags on everything that can have them, besides `application`, `stage` and `managed-by`.',
      example: '{"cost-centre": "4711"}',
      stages: EVERY,
      default: always({}),
    },
  ),
  protectExcept: list(
    'protect.except',
    { form: `one of ${PROTECTED.join(', ')}`, pattern: new RegExp(`^(${PROTECTED.join('|')})$`) },
    {
      about:
        'The word that lets data go: what is named here is neither protected nor locked, so the next `pulumi up` may replace or delete it.',
      example: '["mysql"]',
      stages: EVERY,
      default: always([]),
    },
  ),
  deployers: list(
    'deployers',
    {
      form: '`dev`, `preview` or `prod`, a colon and the object id of a service principal',
      pattern: /^(dev|preview|prod):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    },
    {
      about:
        "The pipelines' identities, the same list in every stack. `shared` lets them use its registry and the releases of their own stage, `dev` and `prod` let those of their stage read what a release needs. `slipway bootstrap` prints it. Locks hold the roles of an earlier one: docs/guides/tear-down.md, “One thing only”.",
      example: '["dev:6f0c2a51-6f0e-4d0c-9b53-2f3a54d3c0de"]',
      stages: EVERY,
      default: always([]),
    },
  ),
} as const;

export const shared = {
  stack: text(
    'shared.stack',
    { form: 'organization/project/stack', pattern: /^[\w.-]+\/[\w.-]+\/[\w.-]+$/ },
    {
      about:
        'The stack of stage `shared`, as Pulumi names it. With a state in Azure Blob the organization is `organization`.',
      example: 'organization/slipway/shared',
      default: always('organization/slipway/shared'),
    },
  ),
  releasesRetentionDays: integer(
    'releases.retentionDays',
    { min: 7, max: 365 },
    {
      about: 'How long a deleted or overwritten package or history can be brought back.',
      example: '90',
      unit: 'days',
      stages: ['shared'],
      default: always(30),
    },
  ),
} as const;

export const secrets = {
  rotation: integer(
    'secrets.rotation',
    { min: 1, max: 10_000 },
    {
      about:
        'Raise it by one to have new passwords and tokens made. Nothing that production uses changes: the next release brings the new ones, and until then clients may send the old token or the new one. Rotating one by hand lasts only until something else of the same resource changes.',
      example: '2',
      default: always(1),
    },
  ),
} as const;

export const network = {
  cidr: text(
    'network.cidr',
    { form: 'a private IPv4 range, /16 to /24', pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/ },
    {
      about: 'The address space of the stage; the subnets are cut from it. Fixed once something lives in it.',
      example: '10.40.0.0/22',
      default: byStage({ prod: '10.41.0.0/22', dev: '10.40.0.0/22' }),
    },
  ),
  peers: list(
    'network.peers',
    { form: 'an IPv4 range', pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/ },
    {
      about: 'Ranges of networks this one is or will be connected to; `network.cidr` may not overlap them.',
      example: '["10.0.0.0/16"]',
      default: always([]),
    },
  ),
  reach: choice('network.reach', ['identity'], {
    about:
      'Who can reach the vault, the registry, the releases and the SCM site: `identity` means anyone with an Entra token for them, so that a hosted pipeline can. MySQL, Redis and media are private either way.',
    example: 'identity',
    default: always('identity'),
  }),
} as const;
