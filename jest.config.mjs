import { homedir } from 'node:os';

// A test is not to depend on who runs it. Its processes have a home, and no word of anybody on colours; what they write lies where
// a unix socket's path, which has room for 107 bytes, is short enough.
process.env.HOME ??= homedir();
process.env.NO_COLOR = '1';
delete process.env.FORCE_COLOR;
if ((process.env.TMPDIR ?? '').length > 40) process.env.TMPDIR = '/tmp';

/** Tests run as the product runs: ESM, Node strips the types, no build step. */
export default {
  roots: ['<rootDir>/infra', '<rootDir>/sidecar'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  // Ends what hangs. No test is to be near it, also on a machine that is busy with other things.
  testTimeout: 120_000,
  extensionsToTreatAsEsm: ['.ts'],
  // Kept from run to run: what was stripped of its types, and how long each file took, so that the longest begin.
  cacheDirectory: '<rootDir>/.setup/jest',
  transform: { '\\.ts$': '<rootDir>/infra/setup/jest-strip-types.mjs' },
  modulePathIgnorePatterns: ['<rootDir>/.local', '<rootDir>/webapplication'],
};
