import { ENVIRONMENTS, type Environment } from '../azure/bootstrap/identities.ts';
import { type GithubRepository, githubTrust, type Trust } from '../azure/bootstrap/trust.ts';
import { UsageError } from './failure.ts';

export interface PipelineOptions {
  readonly github?: string;
  readonly githubIds?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly environments?: string;
}

export interface Pipeline {
  readonly environments: readonly Environment[];
  readonly trust: Trust | undefined;
}

/** The pipeline that the options describe: no environments when they name none. */
export function pipelineOf(options: PipelineOptions): Pipeline {
  const repository = githubRepository(options);
  const environments = environmentsOf(options, repository !== undefined);
  if (repository !== undefined) return { environments, trust: githubTrust(repository, environments) };
  return { environments, trust: azureDevopsTrust(options, environments) };
}

function environmentsOf({ environments }: PipelineOptions, withGithub: boolean): Environment[] {
  if (environments === undefined) return withGithub ? [...ENVIRONMENTS] : [];
  return environments
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      const known = ENVIRONMENTS.find((each) => each === name);
      if (known !== undefined) return known;
      throw new UsageError(
        `--environments ${name} is none of ${ENVIRONMENTS.join(', ')}`,
        'as in --environments dev,preview',
      );
    });
}

/** Issuer and subject of a service connection have ids that cannot be computed: its draft shows them. */
function azureDevopsTrust(
  { issuer, subject, github }: PipelineOptions,
  environments: readonly Environment[],
): Trust | undefined {
  if (issuer === undefined && subject === undefined) return undefined;
  const [environment, more] = environments;
  if (
    issuer === undefined ||
    subject === undefined ||
    environment === undefined ||
    more !== undefined ||
    github !== undefined
  ) {
    throw new UsageError(
      '--issuer and --subject are those of one service connection, for one environment',
      "as in --environments dev --issuer https://login.microsoftonline.com/TENANT/v2.0 --subject '/eid1/c/pub/t/…'",
    );
  }
  return { name: 'azure-devops', issuer, subjects: { [environment]: subject } };
}

function githubRepository({ github, githubIds }: PipelineOptions): GithubRepository | undefined {
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
  return { owner, repository, ownerId: ids[1] ?? '', repositoryId: ids[2] ?? '' };
}
