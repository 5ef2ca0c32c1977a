// Loaded before Azurite. Its telemetry is off, but it loads Application Insights and all of OpenTelemetry nevertheless: half of
// its start.
import { createRequire, Module } from 'node:module';

const ofAzurite = createRequire(createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js'));
const id = ofAzurite.resolve('applicationinsights');
ofAzurite.cache[id] = Object.assign(new Module(id), { exports: {}, loaded: true });
