import { readApplication } from '../app/application.ts';
import { packageDescription } from './package-description.ts';

/**
 * node infra/release/package/describe.ts DIRECTORY: prints the `slipway/app.json` that a package of the directory would have, for whoever
 * runs the application where it lies. Its version and archive are none.
 */
const application = await readApplication(process.argv[2] ?? '.');
const none = {
  version: 'dev',
  schemaMin: '0',
  schemaMax: '0',
  archive: { bytes: 0, sha256: '' },
  migrations: [],
  frontController: undefined,
};
process.stdout.write(`${JSON.stringify(packageDescription({ ...none, application }))}\n`);
