import type { GithubRepository } from '../azure/bootstrap/script.ts';
import { UsageError } from './failure.ts';

export interface GithubOptions {
  readonly github?: string;
  readonly githubIds?: string;
  readonly environments: string;
}

/** The repository that the options name; undefined when they name none. */
export function githubRepository({ github, githubIds, environments }: GithubOptions): GithubRepository | undefined {
  if (github === undefined) {
    if (githubIds === undefined) return undefined;
    throw new UsageError(
      `--github-ids ${githubIds} without --github`,
      'as in --github octo-org/shop --github-ids 123/456',
    );
  }
  const [owner = '', repository = '', more] = github.split('/');
  if (owner === '' || repository === '' || more !== undefined) {
    throw new UsageError(`--github ${github} is not owner/repository`, 'as in --github octo-org/shop');
  }
  const ids = /^(\d+)\/(\d+)$/.exec(githubIds ?? '');
  if (ids === null) {
    throw new UsageError(
      `--github-ids is ${githubIds ?? 'missing'}: since July 2026 the subject of a pipeline’s token carries both ids`,
      `gh api repos/${github} --jq '"\\(.owner.id)/\\(.id)"' prints them`,
    );
  }
  const names = environments.split(',').filter((name) => name !== '');
  return { owner, repository, ownerId: ids[1] ?? '', repositoryId: ids[2] ?? '', environments: names };
}
