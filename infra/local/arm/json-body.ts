import type { IncomingMessage } from 'node:http';
import { isObject } from '../../lib/json.ts';
import { ArmError } from '../appservice/arm-error.ts';

/** The limit of a JSON body; packages have another one. */
const LARGEST_BODY_BYTES = 1024 * 1024;

export type JsonObject = Readonly<Record<string, unknown>>;

export const invalidContent = (message: string): ArmError =>
  new ArmError(400, 'InvalidRequestContent', `The request content was invalid: ${message}`);

export async function readJson(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A refusal must not end the connection, because its answer is sent on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes > LARGEST_BODY_BYTES) {
      throw new ArmError(413, 'RequestContentTooLarge', `The request body is larger than ${LARGEST_BODY_BYTES} bytes.`);
    }
    chunks.push(chunk as Buffer);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw invalidContent('it is not JSON.');
  }
  if (!isObject(value)) throw invalidContent('it is not a JSON object.');
  return value;
}

/** The `properties` of an ARM resource, which have to be there. */
export async function readProperties(request: IncomingMessage): Promise<JsonObject> {
  const { properties } = await readJson(request);
  if (!isObject(properties)) throw invalidContent("the member 'properties' is missing or not an object.");
  return properties;
}

export function stringMap(value: unknown, what: string): Record<string, string> {
  if (!isObject(value)) throw invalidContent(`${what} is not an object.`);
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'string') throw invalidContent(`the value of '${name}' in ${what} is not a string.`);
  }
  return { ...value } as Record<string, string>;
}

/** Absent and null count as an empty list. */
export function stringList(value: unknown, what: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((member) => typeof member === 'string')) {
    throw invalidContent(`${what} is not a list of strings.`);
  }
  return value;
}
