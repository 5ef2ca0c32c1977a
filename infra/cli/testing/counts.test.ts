import { describe, expect, test } from '@jest/globals';
import { countJest, countJunit } from './counts.ts';

describe('counting tests', () => {
  test('jest: a file that cannot run is one failed test, and failures come with their file', () => {
    const report = {
      numPassedTests: 7,
      numFailedTests: 2,
      numRuntimeErrorTestSuites: 1,
      testResults: [
        { status: 'passed', name: '/a.test.ts', message: '' },
        { status: 'failed', name: '/b.test.ts', message: 'expected 1' },
      ],
    };
    expect(countJest(JSON.stringify(report))).toEqual({ passed: 7, failed: 3, failures: '/b.test.ts\nexpected 1' });
  });

  test('PHPUnit: failures and errors are failed, a skipped test is neither', () => {
    const report = `<?xml version="1.0"?><testsuites><testsuite name="all" tests="5">
      <testcase name="a" time="0.1"/>
      <testcase name="b &gt; c" class="X"><system-out>failure</system-out></testcase>
      <testcase name="d"><failure type="F">expected &lt;testcase&gt;</failure></testcase>
      <testcase name="e"><error type="E">boom</error></testcase>
      <testcase name="f"><skipped/></testcase>
    </testsuite></testsuites>`;
    expect(countJunit(report)).toEqual({ passed: 2, failed: 2 });
  });
});
