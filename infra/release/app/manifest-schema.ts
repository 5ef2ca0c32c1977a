import { z } from 'zod';
import { parseCommand } from './command-line.ts';
import { cronProblem } from './cron-expression.ts';
import { parseSize } from './size.ts';

/** Kinds of application that have defaults of their own. */
export const KINDS = ['laravel', 'symfony', 'wordpress', 'php'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * What an application may answer itself instead of leaving it to the agent. `internal` is the prefix of routes that only slipway asks: they
 * get the release tool's workers. `images` lists what POST /api/generate-image makes.
 */
export const CAPABILITIES = [
  'version',
  'live',
  'health',
  'migrate',
  'drain',
  'probe',
  'warm',
  'media',
  'cache',
  'internal',
  'images',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** App Service's front ends give up on a request after this long. */
export const MOST_REQUEST_SECONDS = 230;

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
/** Names that the platform, the runtime or the program sets. */
const RESERVED_NAME =
  /^(WEBSITES?_|APPSETTING_|APPLICATIONINSIGHTS_|AZURE_|IDENTITY_|MSI_|SCM_|ORYX_|FPM_|PHP_INI_SCAN_DIR$|SLIPWAY_|SIDECAR_|RUN_DIR$|NGINX_|PORT$|HOME$|PATH$|SLOT_NAME$|RELEASE_TOKEN(_NEXT)?$|CACHE_API_TOKEN(_NEXT)?$|CREDENTIALS_ROTATION$|APP_INTERNAL_URL$|MEDIA_|TRUSTED_PROXIES$)/;

/** A path in the application: relative, `/` between segments, never out of it. */
const treePath = z
  .string()
  .refine(isTreePath, { error: 'a relative path inside the application, without `.` and `..`' });
const urlPath = z
  .string()
  .regex(/^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/, { error: 'a path of the site that begins with /, without ? and #' });
const command = z.string().superRefine((text, context) => {
  const parsed = parseCommand(text);
  if ('problem' in parsed) context.addIssue({ code: 'custom', message: `a command: ${parsed.problem}` });
});
const cron = z.string().superRefine((text, context) => {
  const problem = cronProblem(text);
  if (problem !== undefined)
    context.addIssue({ code: 'custom', message: `five fields of cron, such as \`*/5 * * * *\`: ${problem}` });
});
const size = z.string().refine((text) => parseSize(text) !== undefined, { error: 'a size such as 512k, 64m or 1g' });
/** Directives that the runtime itself needs to be as they are. */
const RUNTIME_DIRECTIVE =
  /^(opcache\.(preload.*|lockfile_path|validate_timestamps)|extension|zend_extension|sys_temp_dir|expose_php|display_errors)$/;
const iniName = z
  .string()
  .regex(/^[a-z][a-z0-9_.]{0,63}$/i, { error: 'the name of a directive of php.ini' })
  .refine((name) => !RUNTIME_DIRECTIVE.test(name), { error: 'a directive that is not the runtime’s own' });
const settingName = z
  .string()
  .regex(ENVIRONMENT_NAME, { error: 'the name of an environment variable' })
  .refine((name) => !RESERVED_NAME.test(name), { error: 'a name that is not one of slipway’s or the platform’s' });

const smoke = z.union([
  urlPath,
  z.strictObject({
    path: urlPath.describe('What is asked, with GET.'),
    status: z.int().min(200).max(499).optional().describe('The status it answers with; 200 when unsaid.'),
    location: z.string().min(1).optional().describe('Where a redirect points; compared with the path of Location.'),
    contains: z.string().min(1).optional().describe('A text that the answer holds.'),
    json: z.record(z.string(), z.unknown()).optional().describe('Members that the JSON answer has, with their values.'),
  }),
]);

/** Everything `slipway.yaml` may say. Each member has a default by kind, so an empty file is a valid one. */
export const manifestSchema = z.strictObject({
  kind: z.enum(KINDS).optional().describe('What the application is built with. Found out from the tree when unsaid.'),
  root: z
    .union([z.literal('.'), treePath])
    .optional()
    .describe('The document root: the directory that visitors see. `.` is the application’s own.'),
  scripts: z
    .union([z.literal('all'), treePath])
    .optional()
    .describe(
      'The only script below the root that runs, for whatever is no file; or `all`. A .php that may not run answers 404.',
    ),
  composer: z
    .strictObject({
      lock: treePath.optional().describe('The lock file.'),
      plugins: z.array(z.string().min(1)).optional().describe('Composer plugins that may run.'),
      scripts: z
        .array(z.string().min(1))
        .optional()
        .describe('Composer scripts that run after the class map is written.'),
    })
    .optional()
    .describe('How `vendor` is installed. Without composer.json nothing is.'),
  build: z
    .array(command)
    .optional()
    .describe(
      'Commands that run in a copy of the tree before it is packed, with `env`, each without a shell and with a limit.',
    ),
  include: z
    .array(treePath)
    .optional()
    .describe('Files and directories that version control ignores and the package holds.'),
  start: z
    .array(command)
    .optional()
    .describe('Commands that run when a container starts, with the slot’s settings, as the application’s user.'),
  writable: z.array(treePath).optional().describe('Directories that PHP may write to, made anew in each container.'),
  php: z
    .strictObject({
      body: size.optional().describe('The largest request body.'),
      requestSeconds: z
        .int()
        .min(1)
        .max(MOST_REQUEST_SECONDS)
        .optional()
        .describe('How long a request may take; in seconds.'),
      memory: size.optional().describe('PHP’s memory_limit.'),
      extensions: z
        .array(z.string().regex(/^[a-z0-9_]+$/i))
        .optional()
        .describe('Extensions the application needs.'),
      ini: z
        .record(
          iniName,
          z.union([z.string().regex(/^[^\0\n\r"]*$/, { error: 'one line without "' }), z.number(), z.boolean()]),
        )
        .optional()
        .describe('Directives of php.ini, by name.'),
      preload: treePath.optional().describe('A script that php-fpm loads once, for all requests (opcache.preload).'),
    })
    .optional()
    .describe('Limits of a request, and what PHP has to have.'),
  media: z
    .array(
      z.strictObject({
        path: treePath.describe('The directory in the application that it writes media to.'),
        url: urlPath.describe('Where visitors find them.'),
        mode: z
          .enum(['outbox', 'shared'])
          .describe(
            '`outbox`: names are used once, files go to Blob. `shared`: one directory for all instances and both slots.',
          ),
      }),
    )
    .optional()
    .describe('Directories with files that outlive a release.'),
  migrate: z
    .strictObject({
      run: command.describe('Carries out what is pending.'),
      pretend: command.describe('Prints the SQL of what is pending and changes nothing.'),
      files: treePath.describe('The directory of migrations.'),
      contract: z
        .array(z.string().min(1))
        .optional()
        .describe(
          'Names of migrations that need every older version to be gone: `./slipway migrate` carries them out.',
        ),
    })
    .nullable()
    .optional()
    .describe('How the database’s schema follows the code. `null`: it does not.'),
  health: z
    .strictObject({
      live: urlPath.nullable().optional().describe('A path of the application that says whether it is alive.'),
      deep: urlPath
        .nullable()
        .optional()
        .describe('A path of the application that says whether what it needs is there.'),
    })
    .optional()
    .describe('What the application says of itself. The agent asks it, beside its own checks.'),
  smoke: z
    .array(smoke)
    .optional()
    .describe(
      'Requests that a version has to answer as they say before it is released. The first one also warms each process of php-fpm up.',
    ),
  workers: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'a name of small letters, digits and -' }),
      z.strictObject({
        run: command.describe('The command of the worker.'),
        stopSeconds: z
          .int()
          .min(1)
          .max(600)
          .optional()
          .describe('How long it may take to end after SIGTERM; in seconds. 60 when unsaid.'),
      }),
    )
    .optional()
    .describe(
      'Commands that run beside the site in production, on every instance, and are started again when they end.',
    ),
  schedule: z
    .record(cron, command)
    .optional()
    .describe(
      'Commands by the time they run at, in UTC, once over all instances: five fields of cron with lists, ranges, steps and names.',
    ),
  env: z
    .record(settingName, z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .optional()
    .describe('Settings of the application, by name.'),
  secrets: z
    .array(settingName)
    .optional()
    .describe('Settings whose values are secrets: given by `./slipway secret set NAME`.'),
  provides: z
    .partialRecord(z.enum(CAPABILITIES), urlPath)
    .optional()
    .describe('What the application answers itself instead of the agent: its own path by capability.'),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Smoke = z.infer<typeof smoke>;

function isTreePath(path: string): boolean {
  if (path === '' || path.startsWith('/') || /[\\\0\n\r]/.test(path)) return false;
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}
