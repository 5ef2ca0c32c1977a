import { expect, test } from '@jest/globals';
import { Actions } from './actions.ts';
import { Load, type LoadRequest } from './load.ts';

class RecordedLoad extends Load {
  readonly started: LoadRequest[] = [];

  override start(request: LoadRequest): void {
    this.started.push(request);
  }
}

function create() {
  const load = new RecordedLoad(1, () => undefined);
  return { load, actions: new Actions({ stateDir: '/nowhere', load, onChanged: async () => undefined }) };
}

test('a load within its bounds is sent', async () => {
  const { load, actions } = create();
  expect(await actions.run('load', { rate: 50, seconds: 10, path: '/api/ping' })).toMatchObject({ status: 202 });
  expect(load.started).toEqual([{ rate: 50, seconds: 10, path: '/api/ping' }]);
});

test.each([
  ['a rate above the limit', { rate: 201, seconds: 10 }],
  ['no rate', { seconds: 10 }],
  ['a rate that is no number', { rate: '50', seconds: 10 }],
  ['a rate that is not finite', { rate: Number.POSITIVE_INFINITY, seconds: 10 }],
  ['too many seconds', { rate: 1, seconds: 121 }],
  ['another host', { rate: 1, seconds: 1, path: '//evil.example/' }],
  ['a whole address', { rate: 1, seconds: 1, path: 'http://evil.example/' }],
  ['a path with a line break', { rate: 1, seconds: 1, path: '/\r\nHost: x' }],
])('a load with %s is refused', async (_what, body) => {
  const { load, actions } = create();
  expect(await actions.run('load', body)).toMatchObject({ status: 422 });
  expect(load.started).toEqual([]);
});

test.each([
  ['release', { to: '; rm -rf /' }],
  ['release', { dirty: 'yes' }],
  ['fault', { target: 'front', on: false }],
  ['fault', { target: 'redis' }],
])('%s with %j is refused', async (name, body) => {
  expect(await create().actions.run(name, body)).toMatchObject({ status: 422 });
});

test('there is no other action', async () => {
  expect(await create().actions.run('stop', {})).toBeUndefined();
});
