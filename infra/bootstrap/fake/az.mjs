#!/usr/bin/env node
// Plays the Azure CLI for the script's tests: keeps what was created, answers `show` by it, writes down every call.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

const args = process.argv.slice(2);
const { AZ_STATE: stateFile, AZ_CALLS: callsFile } = process.env;
appendFileSync(callsFile, `${JSON.stringify(args)}\n`);
const state = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : {};

const has = (flag) => args.includes(`--${flag}`);
const option = (flag) => (has(flag) ? args[args.indexOf(`--${flag}`) + 1] : undefined);
const words = args.slice(
  0,
  args.findIndex((arg) => arg.startsWith('--')),
);
const verb = words.at(-1);
const kind = words.slice(0, -1).join(' ');
const name =
  option('federated-credential-id') ??
  (has('parameters') ? JSON.parse(option('parameters')).name : undefined) ??
  option('name') ??
  option('display-name') ??
  option('id');
const key = `${kind}/${name}`;

function answer(value) {
  if (value !== undefined) console.log(value);
  process.exit(0);
}

if (kind === 'ad app' && verb === 'list') answer(state[`ad app/${option('display-name')}`] ?? '');
if (kind === 'ad signed-in-user') answer('me-1');
if (verb === 'show') {
  if (state[key] === undefined) process.exit(3);
  answer(has('query') ? state[key] : undefined);
}
if (verb === 'create' && state[key] !== undefined && !['group', 'role assignment'].includes(kind)) {
  console.error(`${key} already exists`);
  process.exit(1);
}
if (verb === 'create') {
  state[key] = `${kind.replaceAll(' ', '-')}-id`;
  writeFileSync(stateFile, JSON.stringify(state));
  answer(has('query') ? state[key] : undefined);
}
answer(kind === 'account' && verb === 'show' ? 'tenant-1' : undefined);
