import { expect, test } from '@jest/globals';
import type { DrawnSpan } from '../../local/telemetry/traces.ts';
import { tracesText, traceText } from './traces-text.ts';

const span: DrawnSpan = {
  trace: 'feedfeedfeed',
  id: 'a',
  parent: '',
  role: 'webapplication',
  instance: 'local-a',
  version: 'abc',
  kind: 'request',
  name: 'GET /',
  target: '',
  at: Date.UTC(2026, 10, 28, 23, 3, 4, 5),
  ms: 100,
  status: '200',
  failed: false,
  depth: 0,
  startMs: 0,
};

test('a trace is one line, with the day only when it is another one', () => {
  const { trace, name, at, ms, status, failed, instance, version } = span;
  const row = { id: trace, name, at, ms, status, failed, instance, version, spans: 3 };
  const today = tracesText([row], new Date(at)).split('\n')[1];
  expect(today).toBe('feedfeed  23:03:04.005    100.0 ms  ✓ 200   worker a  3 spans  GET /');
  expect(tracesText([row], new Date(at + 86_400_000))).toContain('2026-11-28 23:03:04.005');
});

test('spans are drawn where they lie in the time of the trace', () => {
  const half = { ...span, name: 'mysql SELECT', depth: 1, startMs: 50, ms: 25, failed: true, status: '1205' };
  const [, , first, second] = traceText([span, half], []).split('\n');
  expect(first).toContain(`  ${'█'.repeat(40)}  `);
  expect(second).toContain(`  mysql SELECT`);
  expect(second).toContain(
    `${'·'.repeat(20)}${'█'.repeat(10)}${'·'.repeat(10)}    25.0 ms  ✗ 1205`.replace('    25.0', '     25.0'),
  );
});

test('what a name or a log holds moves no cursor', () => {
  const text = traceText([{ ...span, name: 'GET /\u001b[2J' }], [{ process: 'worker-a', line: 'a\u001b[1mb' }]);
  expect(text).not.toContain('\u001b');
});
