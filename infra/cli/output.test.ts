import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Output } from './output.ts';

class Sink {
  text = '';
  write(text: string): void {
    this.text += text;
  }
}

const make = (json: boolean) => {
  const stdout = new Sink();
  const stderr = new Sink();
  return { output: new Output(json, stdout, stderr), stdout, stderr };
};

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('output', () => {
  test('a result is text for people and one JSON line for machines', () => {
    const people = make(false);
    people.output.result({ a: 1 }, 'a is 1');
    expect(people.stdout.text).toBe('a is 1\n');
    const machines = make(true);
    machines.output.result({ a: 1 }, 'a is 1');
    expect(machines.stdout.text).toBe('{"a":1}\n');
  });

  test('progress of a command that takes less than two seconds is not shown', () => {
    const { output, stderr } = make(false);
    output.progress('evaluating');
    jest.advanceTimersByTime(1_900);
    output.end();
    jest.advanceTimersByTime(10_000);
    expect(stderr.text).toBe('');
  });

  test('after two seconds progress is shown, what came before as well, with its times', () => {
    const { output, stdout, stderr } = make(false);
    output.progress('evaluating');
    jest.advanceTimersByTime(2_100);
    expect(stderr.text).toBe('    0.0 s  evaluating\n');
    jest.advanceTimersByTime(900);
    output.progress('starting mysql');
    expect(stderr.text).toBe('    0.0 s  evaluating\n    3.0 s  starting mysql\n');
    expect(stdout.text).toBe('');
  });

  test('events are JSON lines, and progress is silent, with --json', () => {
    const { output, stdout, stderr } = make(true);
    output.event({ step: 'build' });
    output.event({ step: 'swap' });
    output.progress('swapping');
    jest.advanceTimersByTime(5_000);
    expect(stdout.text).toBe('{"step":"build"}\n{"step":"swap"}\n');
    expect(stderr.text).toBe('');
  });
});
