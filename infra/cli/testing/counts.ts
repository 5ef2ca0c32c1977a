export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Jest's --json report. A file that could not run at all is one failed test. */
export function countJest(report: string): Counts & { readonly failures: string } {
  const results = JSON.parse(report) as {
    numPassedTests: number;
    numFailedTests: number;
    numRuntimeErrorTestSuites: number;
    testResults: { status: string; message: string; name: string }[];
  };
  const failures = results.testResults.filter(({ status }) => status === 'failed');
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    failures: failures.map(({ name, message }) => `${name}\n${message}`).join('\n'),
  };
}

/** PHPUnit's JUnit report. A skipped test is neither passed nor failed. */
export function countJunit(report: string): Counts {
  let passed = 0;
  let failed = 0;
  for (const [, closed, body = ''] of report.matchAll(/<testcase\b[^>]*?(\/>|>([\s\S]*?)<\/testcase>)/g)) {
    if (closed !== '/>' && /<(failure|error)\b/.test(body)) failed += 1;
    else if (closed === '/>' || !/<skipped\b/.test(body)) passed += 1;
  }
  return { passed, failed };
}
