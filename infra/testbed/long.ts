/** Whether this is the long form, `npm test -- long`: every member of what the default form proves with one of its kind. */
export const long = process.env.SLIPWAY_E2E === 'long';
