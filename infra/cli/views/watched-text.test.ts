import { expect, test } from '@jest/globals';
import { Output } from '../output.ts';
import { WatchedText } from './watched-text.ts';

function watched(json: boolean, isTTY: boolean): { text: WatchedText; written: string[] } {
  const written: string[] = [];
  const sink = { isTTY, write: (text: string) => written.push(text) };
  return { text: new WatchedText(new Output(json, sink, sink), sink), written };
}

test('on a terminal each text takes the place of the one before', () => {
  const { text, written } = watched(false, true);
  text.show({}, 'one');
  text.show({}, 'two');
  expect(written).toEqual(['\u001b[H\u001b[2J\u001b[3J', 'one\n', '\u001b[H\u001b[2J\u001b[3J', 'two\n']);
});

test('elsewhere a text is written when it has changed, and nothing clears a file', () => {
  const { text, written } = watched(false, false);
  text.show({}, 'one');
  text.show({}, 'one');
  text.show({}, 'two');
  expect(written).toEqual(['one\n', 'two\n']);
});

test('with --json each change is one line', () => {
  const { text, written } = watched(true, true);
  text.show({ a: 1 }, 'one');
  text.show({ a: 1 }, 'two');
  text.show({ a: 2 }, 'two');
  expect(written).toEqual(['{"a":1}\n', '{"a":2}\n']);
});
