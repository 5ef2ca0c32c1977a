import { firstLineOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';

export interface Question {
  /** What it asks for: the words stand in "Azure was not asked for …". */
  readonly what: string;
  /** The smallest built-in role that may ask. */
  readonly role: string;
  /** What the role is needed on: an id of Azure. */
  readonly scope: string;
}

/** A question without an answer. The rest of what is shown does not depend on it. */
export interface Unasked {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

export type Asked<T> = { readonly answer: T; readonly unasked?: never } | { readonly unasked: Unasked };

/** The limit of a whole question. Requests have a shorter one of their own, so this is for what has none. */
export const QUESTION_MS = 45_000;

/** Never rejects: a question that fails leaves the others alone. */
export async function ask<T>(question: Question, work: () => Promise<T>, limitMs = QUESTION_MS): Promise<Asked<T>> {
  try {
    return { answer: await within(limitMs, work()) };
  } catch (error) {
    return { unasked: { what: question.what, ...reasonOf(error, question) } };
  }
}

export function answerOf<T>(asked: Asked<T>): T | undefined {
  return 'answer' in asked ? asked.answer : undefined;
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  // Whichever is late has nobody who listens.
  work.catch(() => undefined);
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

function reasonOf(error: unknown, { role, scope }: Question): Omit<Unasked, 'what'> {
  const status = statusOf(error);
  const cause = innermost(error);
  const said = (cause instanceof SlipError ? cause.detail.found : firstLineOf(cause)).slice(0, 200);
  const why = status === undefined || said.startsWith(String(status)) ? said : `${status} ${said}`;
  switch (status) {
    case 401:
      return { why, fix: 'sign in: az login; a pipeline: see docs/guides/pipelines.md' };
    case 403:
      return { why, fix: `az role assignment create --role "${role}" --assignee YOU --scope ${scope}` };
    case 404:
      return { why, fix: 'npx pulumi up makes it; or the outputs of the stack are older than what is on Azure' };
    case 429:
      return { why, fix: 'Azure takes no more questions for now: ask again in some minutes' };
    default:
  }
  if (error instanceof SlipError) return { why: error.detail.found, fix: error.detail.fix ?? 'ask again' };
  return { why, fix: 'ask again; if it stays so: DNS, proxy, firewall, https://azure.status.microsoft' };
}

/** The HTTP status behind an error, or behind what caused it. */
export function statusOf(error: unknown): number | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof SlipError && each.code === 'SLIP-ARM-SIGNIN') return 401;
    const { statusCode } = each as { statusCode?: unknown };
    if (typeof statusCode === 'number') return statusCode;
  }
  return undefined;
}

/** The cause that says why: clients wrap it. */
function innermost(error: unknown): unknown {
  return error instanceof SlipError && error.cause instanceof Error ? innermost(error.cause) : error;
}
