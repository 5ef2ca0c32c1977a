import { SlipError } from '../../lib/errors.ts';

export function textOutput(outputs: Readonly<Record<string, unknown>>, name: string, where: string): string {
  const value = outputs[name];
  if (typeof value === 'string' && value !== '') return value;
  throw incomplete(name, where);
}

/** The error for an output, or a member of one, that is not what the program exports. */
export function incomplete(name: string, where: string): SlipError {
  return new SlipError('SLIP-RELEASE-STACK', {
    found: `the output ${name} of ${where} is missing or not what the program exports`,
    expected: 'the outputs of a stack that is up, of stage dev or prod',
    fix: 'run `pulumi up` for this stack with the program of this commit',
  });
}
