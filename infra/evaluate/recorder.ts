import { answerFor, answerInvoke, overlay } from './answers.ts';
import { UNKNOWN } from './placeholders.ts';
import type { RecordedResource } from './recorded.ts';
import { sharedStackOutputs } from './shared-stack.ts';
import type { Account } from './subscription.ts';
import { type JsonObject, unwrapObject } from './values.ts';

export const STACK_TYPE = 'pulumi:pulumi:Stack';
const STACK_REFERENCE = 'pulumi:pulumi:StackReference';

/** A registration as it comes off the wire; `inputs` still in Pulumi's wire form. */
export interface Registration extends Omit<RecordedResource, 'urn' | 'id' | 'inputs' | 'secretPaths' | 'parent'> {
  readonly parent: string;
  readonly inputs: JsonObject;
}

export interface Registered {
  readonly urn: string;
  /** Empty while unknown. */
  readonly id: string;
  /** In Pulumi's wire form. */
  readonly outputs: JsonObject;
}

export interface RecorderOptions {
  readonly stack: string;
  readonly project: string;
  readonly preview: boolean;
  readonly account: Account;
}

/** Stands in for Pulumi's engine and Azure during one run of the program, and records what the program registers. */
export class Recorder {
  readonly resources: RecordedResource[] = [];
  outputs: JsonObject = {};
  secretOutputs: readonly string[] = [];
  readonly #account: Account;
  readonly #preview: boolean;
  readonly #urnPrefix: string;
  #stackUrn = '';

  constructor({ stack, project, preview, account }: RecorderOptions) {
    this.#account = account;
    this.#preview = preview;
    this.#urnPrefix = `urn:pulumi:${stack}::${project}`;
  }

  register({ parent, inputs: wire, ...rest }: Registration): Registered {
    const urn = this.#urn(rest.type, rest.name, parent);
    if (rest.type === STACK_TYPE) {
      this.#stackUrn = urn;
      return { urn, id: '', outputs: {} };
    }
    const { value: inputs, secretPaths } = unwrapObject(wire);
    const answer = rest.custom
      ? answerFor({ type: rest.type, urn, name: rest.name, inputs }, this.#account)
      : undefined;
    const known = answer !== undefined && !this.#preview;
    this.resources.push({
      ...rest,
      ...(parent === '' ? {} : { parent }),
      urn,
      id: answer === undefined ? '' : known ? answer.id : UNKNOWN,
      inputs,
      secretPaths,
    });
    return { urn, id: known ? answer.id : '', outputs: known ? overlay(wire, answer.outputs) : wire };
  }

  /** A resource that the program only reads. Stack references get the outputs of stage `shared`. */
  read({ type, name, parent, inputs }: { type: string; name: string; parent: string; inputs: JsonObject }): Registered {
    const urn = this.#urn(type, name, parent);
    if (type !== STACK_REFERENCE) return { urn, id: name, outputs: inputs };
    return {
      urn,
      id: name,
      outputs: { ...inputs, outputs: sharedStackOutputs(urn, this.#account.subscriptionId), secretOutputNames: [] },
    };
  }

  registerOutputs(urn: string, wire: JsonObject): void {
    if (urn !== this.#stackUrn) return;
    const { value, secretPaths } = unwrapObject(wire);
    this.outputs = value;
    this.secretOutputs = secretPaths;
  }

  invoke(token: string, wire: JsonObject): JsonObject {
    return answerInvoke({ token, args: unwrapObject(wire).value, account: this.#account }, this.resources);
  }

  /** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`, as Pulumi's engine makes it. */
  #urn(type: string, name: string, parent: string): string {
    const parentType = parent.split('::')[2] ?? '';
    const qualified = parentType === '' || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `${this.#urnPrefix}::${qualified}::${name}`;
  }
}
