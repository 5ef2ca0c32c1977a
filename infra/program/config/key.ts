/** The three kinds of stack. */
export const STAGES = ['shared', 'dev', 'prod'] as const;
export type Stage = (typeof STAGES)[number];
/** Stages that run the application. */
export const APPLICATION_STAGES = ['dev', 'prod'] as const satisfies readonly Stage[];

/** One config key: how its text is parsed, what is allowed, and its default. */
export interface Key<T> {
  /** Without the namespace: `plan.sku` is set by `pulumi config set slipway:plan.sku P1v3`. */
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  /** Allowed values, in words. */
  readonly allowed: string;
  readonly stages: readonly Stage[];
  readonly example: string;
  readonly defaultOf: (stage: Stage) => T;
  /** undefined when the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
}

interface KeyText<T> {
  readonly about: string;
  readonly example: string;
  readonly unit?: string;
  /** Default: the stages that run the application. */
  readonly stages?: readonly Stage[];
  readonly default: (stage: Stage) => T;
}

function key<T>(name: string, text: KeyText<T>, allowed: string, parse: Key<T>['parse']): Key<T> {
  const { about, example, unit = '', stages = APPLICATION_STAGES } = text;
  return { name, about, example, unit, stages, allowed, parse, defaultOf: text.default };
}

/** The same default everywhere. */
export function always<T>(value: T): (stage: Stage) => T {
  return () => value;
}

/** One default for `prod`, another for everything else. */
export function byStage<T>({ prod, dev }: { prod: T; dev: T }): (stage: Stage) => T {
  return (stage) => (stage === 'prod' ? prod : dev);
}

export function choice<const T extends string>(name: string, values: readonly T[], text: KeyText<T>): Key<T> {
  return key(name, text, values.join(', '), (raw) => values.find((value) => value === raw));
}

export function flag(name: string, text: KeyText<boolean>): Key<boolean> {
  return key(name, text, 'true, false', (raw) => (raw === 'true' ? true : raw === 'false' ? false : undefined));
}

/** A whole number from `min` to `max`, both allowed. */
export function integer(name: string, { min, max }: { min: number; max: number }, text: KeyText<number>): Key<number> {
  return key(name, text, `a whole number from ${min} to ${max}`, (raw) => {
    const value = Number(raw);
    return /^-?\d+$/.test(raw) && value >= min && value <= max ? value : undefined;
  });
}

export function text(
  name: string,
  { form, pattern }: { form: string; pattern: RegExp },
  rest: KeyText<string>,
): Key<string> {
  return key(name, rest, form, (raw) => (pattern.test(raw) ? raw : undefined));
}

/** A text whose default is the empty text. */
export function optionalText(
  name: string,
  { form, pattern }: { form: string; pattern: RegExp },
  rest: Omit<KeyText<string>, 'default'>,
): Key<string> {
  return key(name, { ...rest, default: () => '' }, `${form}, or nothing`, (raw) =>
    raw === '' || pattern.test(raw) ? raw : undefined,
  );
}

/** A list, written as YAML or JSON. */
export function list(
  name: string,
  { form, pattern }: { form: string; pattern: RegExp },
  rest: KeyText<readonly string[]>,
): Key<readonly string[]> {
  return key(name, rest, `a list; each ${form}`, (raw) => {
    const values = parseJson(raw);
    if (!Array.isArray(values)) return undefined;
    const texts = values.filter((value) => typeof value === 'string');
    return texts.length === values.length && texts.every((value) => pattern.test(value)) ? texts : undefined;
  });
}

/** Names and values, written as YAML or JSON; at most `most` of them. */
export function record(
  name: string,
  { form, pattern, longest, most }: { form: string; pattern: RegExp; longest: number; most: number },
  rest: KeyText<Readonly<Record<string, string>>>,
): Key<Readonly<Record<string, string>>> {
  return key(name, rest, form, (raw) => {
    const value = parseJson(raw);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value);
    if (entries.length > most) return undefined;
    const result: Record<string, string> = {};
    for (const [each, content] of entries) {
      if (typeof content !== 'string' || content.length > longest || !pattern.test(each)) return undefined;
      result[each] = content;
    }
    return result;
  });
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
