/** The form that the test command chose: `npm test -- long`. The runner of `infra/cli/testing` sets it for all stages. */
export const long = process.env.SLIPWAY_TEST_FORM === 'long';
