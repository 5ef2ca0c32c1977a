import { createRequire } from 'node:module';

/** What Node runs Azurite's Blob service with, before the service's own options. They have to contain `--disableTelemetry`. */
export const AZURITE_ARGUMENTS: readonly string[] = [
  '--import',
  new URL('azurite-without-telemetry.mjs', import.meta.url).href,
  createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js'),
];
