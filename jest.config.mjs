/** Tests run as the product runs: ESM, Node strips the types, no build step. */
export default {
  roots: ['<rootDir>/infra', '<rootDir>/sidecar'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/infra/setup/jest-strip-types.mjs' },
  modulePathIgnorePatterns: ['<rootDir>/.local', '<rootDir>/webapplication'],
};
