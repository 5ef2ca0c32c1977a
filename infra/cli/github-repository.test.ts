import { expect, test } from '@jest/globals';
import { UsageError } from './failure.ts';
import { githubRepository } from './github-repository.ts';

const environments = 'dev,prod';

test('a repository is its names and its ids', () => {
  expect(githubRepository({ github: 'Octo-Org/shop', githubIds: '12/345', environments })).toEqual({
    owner: 'Octo-Org',
    repository: 'shop',
    ownerId: '12',
    repositoryId: '345',
    environments: ['dev', 'prod'],
  });
  expect(githubRepository({ environments })).toBeUndefined();
});

test.each([
  ['ids without a repository', { githubIds: '12/345' }, /--github-ids 12\/345 without --github/],
  ['a repository without ids', { github: 'octo-org/shop' }, /--github-ids is missing/],
  ['a name without an owner', { github: 'shop', githubIds: '12/345' }, /not owner\/repository/],
])('%s: wrong use', (_, options, said) => {
  const read = () => githubRepository({ ...options, environments });
  expect(read).toThrow(UsageError);
  expect(read).toThrow(said);
});
