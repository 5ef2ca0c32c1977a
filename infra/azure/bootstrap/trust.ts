import type { Environment } from './identities.ts';

/** Whose tokens an identity takes, by the environment of its pipeline. */
export interface Trust {
  /** Name of the federated credential; `functions.sh` refuses others. */
  readonly name: 'github' | 'azure-devops';
  readonly issuer: string;
  readonly subjects: Readonly<Partial<Record<Environment, string>>>;
  /** `owner/name` of a repository on GitHub. */
  readonly repository?: string;
}

export interface GithubRepository {
  readonly owner: string;
  readonly repository: string;
  /** Numeric ids, which subjects carry since July 2026. */
  readonly ownerId: string;
  readonly repositoryId: string;
}

/**
 * Subjects with ids: https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens. The
 * comparison is case-sensitive, so they are spelt as GitHub does.
 */
export function githubTrust(
  { owner, repository, ownerId, repositoryId }: GithubRepository,
  environments: readonly Environment[],
): Trust {
  const subject = `repo:${owner}@${ownerId}/${repository}@${repositoryId}:environment`;
  return {
    name: 'github',
    issuer: 'https://token.actions.githubusercontent.com',
    subjects: Object.fromEntries(environments.map((environment) => [environment, `${subject}:${environment}`])),
    repository: `${owner}/${repository}`,
  };
}
