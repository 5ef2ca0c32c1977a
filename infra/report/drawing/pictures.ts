import type { Evaluation } from '../../evaluate/recorded.ts';
import { contextDrawing } from './context.ts';
import { mediaDrawing, releaseDrawing } from './flows.ts';
import { networkDrawing } from './network.ts';
import { svgOf } from './svg.ts';

/** The pictures of docs/pictures by file name, from the evaluated stage prod. */
export async function picturesOf(prod: Evaluation): Promise<ReadonlyMap<string, string>> {
  const drawings = {
    'context.svg': contextDrawing(prod),
    'network.svg': networkDrawing(prod),
    'release.svg': releaseDrawing(),
    'media.svg': mediaDrawing(),
  };
  const pictures = new Map<string, string>();
  for (const [name, drawing] of Object.entries(drawings)) pictures.set(name, await svgOf(drawing));
  return pictures;
}
