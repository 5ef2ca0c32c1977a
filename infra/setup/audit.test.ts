import { expect, test } from '@jest/globals';
import { readComposer, readNpm } from './audit.mjs';

const ran = (status: number, stdout: string, stderr = '') => ({ status, stdout, stderr });

test('a report without an entry is clean', () => {
  expect(readNpm(ran(0, '{"auditReportVersion":2,"vulnerabilities":{}}'))).toEqual({ kind: 'clean' });
  expect(readComposer(ran(0, '{"advisories":[],"abandoned":{"a/b":null}}'))).toEqual({ kind: 'clean' });
});

test('a vulnerable package is named', () => {
  const npm = '{"vulnerabilities":{"x":{"name":"x","range":"<2","severity":"high"}}}';
  expect(readNpm(ran(1, npm))).toEqual({ kind: 'vulnerable', found: ['x <2: high'] });
  const composer = '{"advisories":{"a/b":[{"title":"XSS","affectedVersions":"<1.2"}]}}';
  expect(readComposer(ran(1, composer))).toEqual({ kind: 'vulnerable', found: ['a/b <1.2: XSS'] });
});

test('an answer that could not be had is no verdict about the packages', () => {
  const refused = '{"message":"request to https://registry failed","error":{"summary":"","detail":""}}';
  expect(readNpm(ran(1, refused, 'npm error audit endpoint returned an error'))).toEqual({
    kind: 'unasked',
    reason: 'request to https://registry failed',
  });
  expect(readNpm(ran(1, ''))).toEqual({ kind: 'unasked', reason: 'exit code 1 without a report' });
  expect(readComposer(ran(100, '', 'curl error 6'))).toEqual({ kind: 'unasked', reason: 'curl error 6' });
});
