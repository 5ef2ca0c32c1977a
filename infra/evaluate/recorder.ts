import { answerFor, answerInvoke, overlay, type PresentInAzure } from './answers.ts';
import { UNKNOWN } from './placeholders.ts';
import type { RecordedPackage, RecordedResource } from './recorded.ts';
import { sharedStackOutputs } from './shared-stack.ts';
import type { Account } from './subscription.ts';
import { type JsonObject, unwrapObject } from './values.ts';

export const STACK_TYPE = 'pulumi:pulumi:Stack';
const STACK_REFERENCE = 'pulumi:pulumi:StackReference';

/** A registration as it comes off the wire; `inputs` still in Pulumi's wire form. */
export interface Registration
  extends Omit<RecordedResource, 'urn' | 'id' | 'inputs' | 'secretPaths' | 'parent' | 'packageName'> {
  /** Of registerPackage; empty for a type of an ordinary provider. */
  readonly packageReference: string;
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
  readonly present: PresentInAzure;
}

/** Stands in for Pulumi's engine and Azure during one run of the program, and records what the program registers. */
export class Recorder {
  readonly resources: RecordedResource[] = [];
  readonly packages: RecordedPackage[] = [];
  outputs: JsonObject = {};
  secretOutputs: readonly string[] = [];
  readonly #account: Account;
  readonly #present: PresentInAzure;
  readonly #preview: boolean;
  readonly #urnPrefix: string;
  #stackUrn = '';

  constructor({ stack, project, preview, account, present }: RecorderOptions) {
    this.#account = account;
    this.#present = present;
    this.#preview = preview;
    this.#urnPrefix = `urn:pulumi:${stack}::${project}`;
  }

  /** The reference by which resources of the package name it. */
  registerPackage(described: RecordedPackage): string {
    if (!this.packages.some(({ name }) => name === described.name)) this.packages.push(described);
    return referenceOf(described);
  }

  register({ parent, inputs: wire, packageReference, ...rest }: Registration): Registered {
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
      packageName: this.#packageName(rest.type, packageReference),
      ...(parent === '' ? {} : { parent }),
      urn,
      id: answer === undefined ? '' : known ? answer.id : UNKNOWN,
      inputs,
      secretPaths,
    });
    return { urn, id: known ? answer.id : '', outputs: known ? overlay(wire, answer.outputs) : wire };
  }

  /** A real engine has no provider for a type whose package was not registered, nor for one of another package. */
  #packageName(type: string, reference: string): string {
    const found = this.packages.find((each) => referenceOf(each) === reference)?.name ?? '';
    const prefix = type.split(':')[0] ?? '';
    const isParameterized = prefix.startsWith('azure-native_');
    if (found === (isParameterized ? prefix : '')) return found;
    throw new Error(`${type} is registered with package '${found}'`);
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
    return answerInvoke(
      { token, args: unwrapObject(wire).value, account: this.#account, present: this.#present },
      this.resources,
    );
  }

  /** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`, as Pulumi's engine makes it. */
  #urn(type: string, name: string, parent: string): string {
    const parentType = parent.split('::')[2] ?? '';
    const qualified = parentType === '' || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `${this.#urnPrefix}::${qualified}::${name}`;
  }
}

function referenceOf({ name, version }: RecordedPackage): string {
  return `${name}@${version}`;
}
