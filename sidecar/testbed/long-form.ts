/**
 * The long form of the tests: many kills, long outages, large backlogs. This is the only place that reads the switch.
 * `npm test` runs the short form.
 */
const long = process.env.SLIPWAY_TEST_FORM === 'long';

/** `short` in the short form, `long` in the long one. */
export function byForm(short: number, inLongForm: number): number {
  return long ? inLongForm : short;
}
