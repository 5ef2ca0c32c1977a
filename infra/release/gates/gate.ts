/** A check that a release has to pass. `check` throws a SlipError to refuse, and may return a note. */
export interface Gate<Context> {
  readonly name: string;
  readonly check: (context: Context) => Promise<string | undefined> | string | undefined;
}
