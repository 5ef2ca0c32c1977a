import { expect, test } from '@jest/globals';
import { UsageError } from './failure.ts';
import { pipelineOf } from './pipeline-options.ts';

test('a repository is its names and its ids, and has three environments unless they are named', () => {
  expect(pipelineOf({ github: 'Octo-Org/shop', githubIds: '12/345' })).toEqual({
    environments: ['dev', 'preview', 'prod'],
    trust: expect.objectContaining({
      name: 'github',
      subjects: expect.objectContaining({ prod: 'repo:Octo-Org@12/shop@345:environment:prod' }),
    }),
  });
  expect(pipelineOf({ github: 'a/b', githubIds: '1/2', environments: 'dev' }).environments).toEqual(['dev']);
});

test('a service connection is its issuer and its subject, for one environment', () => {
  expect(pipelineOf({ environments: 'dev', issuer: 'https://login.example', subject: '/eid1/x' })).toEqual({
    environments: ['dev'],
    trust: { name: 'azure-devops', issuer: 'https://login.example', subjects: { dev: '/eid1/x' } },
  });
});

test('without a pipeline there are no identities; with environments alone they have no credentials', () => {
  expect(pipelineOf({})).toEqual({ environments: [], trust: undefined });
  expect(pipelineOf({ environments: 'dev,preview' })).toEqual({ environments: ['dev', 'preview'], trust: undefined });
});

test.each([
  ['ids without a repository', { githubIds: '12/345' }, /--github-ids 12\/345 without --github/],
  ['a repository without ids', { github: 'octo-org/shop' }, /--github-ids is missing/],
  ['a name without an owner', { github: 'shop', githubIds: '12/345' }, /not owner\/repository/],
  ['an environment without an identity', { environments: 'dev,test' }, /--environments test is none of/],
  ['a subject without an issuer', { environments: 'dev', subject: 'x' }, /--issuer and --subject/],
  ['one subject for two', { environments: 'dev,prod', issuer: 'y', subject: 'x' }, /for one environment/],
])('%s: wrong use', (_, options, said) => {
  const read = () => pipelineOf(options);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(said);
});
