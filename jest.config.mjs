/** Tests run as the product runs: ESM, Node strips the types, no build step. */
export default {
  roots: ['<rootDir>/infra', '<rootDir>/sidecar'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  // Ends what hangs. No test is to be near it, also on a machine that is busy with other things.
  testTimeout: 120_000,
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/infra/setup/jest-strip-types.mjs' },
  modulePathIgnorePatterns: ['<rootDir>/.local', '<rootDir>/webapplication'],
};
