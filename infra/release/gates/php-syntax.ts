import { SlipError } from '../../lib/errors.ts';
import { findSyntaxErrors } from '../package/php-syntax.ts';
import type { Gate } from './gate.ts';

/** A file that PHP cannot parse never gets as far as a slot. */
export const phpSyntax: Gate<{ readonly source: string }> = {
  name: 'php-syntax',
  async check({ source }) {
    const errors = await findSyntaxErrors(source);
    const [first] = errors;
    if (first === undefined) return undefined;
    throw new SlipError('SLIP-RELEASE-PHP-SYNTAX', {
      found: `${first.file} does not parse: ${first.error}${errors.length > 1 ? ` (and ${errors.length - 1} more files)` : ''}`,
      expected: 'valid PHP',
      fix: `php -l ${first.file}`,
    });
  },
};
