import type { Evaluation } from '../evaluate/recorded.ts';
import { mermaid } from './mermaid.ts';
import { shapeOf } from './shape.ts';

/** A digest for evaluations without a built image, so that they include the sidecar. */
export const ANY_DIGEST = `sha256:${'0'.repeat(64)}`;

/** docs/reference/system.md, generated from the evaluated stages. */
export function systemPage(stages: readonly Evaluation[]): string {
  return [
    '# The system, by stage',
    '',
    'Made from the program by `node infra/report/write-pages.ts`, a test compares. `./slipway diagram --stage prod` prints one,',
    '`./slipway resources --stage prod` lists every resource. On an arrow: the settings or paths that make it.',
    '',
    ...stages.flatMap((evaluation) => [
      `## ${evaluation.stage}`,
      '',
      '```mermaid',
      mermaid(shapeOf(evaluation)).trimEnd(),
      '```',
      '',
    ]),
  ].join('\n');
}
