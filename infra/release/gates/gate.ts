/** A question that has to be answered well before a release goes on. Throws a SlipError to refuse; may return a note. */
export interface Gate<Context> {
  readonly name: string;
  readonly check: (context: Context) => Promise<string | undefined> | string | undefined;
}
