import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { buildPackage } from '../release/package/build-package.ts';
import { Container } from '../testbed/container.ts';
import { cpuSecondsOf } from './cpu-time.ts';

const FILES = 6_000;
const FILES_PER_DIRECTORY = 50;
const builtIn = join(import.meta.dirname, '../../webapplication');

export interface ContainerStart {
  /** From the start of startup.sh until the application answers. */
  readonly seconds: number;
  /** Processor time of everything in the container until then. */
  readonly cpuSeconds: number;
}

export interface ContainerStarts {
  readonly builtIn: ContainerStart;
  /** An application of 6,000 files without Composer. */
  readonly manyFiles: ContainerStart;
}

/** What the start of a container costs, without the region around it. */
export async function measureContainerStarts(): Promise<ContainerStarts> {
  const scratch = await mkdtemp(join(tmpdir(), 'sw-start-'));
  try {
    const many = join(scratch, 'many');
    await writeApplication(many);
    return {
      builtIn: await measure(join(scratch, 'a'), builtIn),
      manyFiles: await measure(join(scratch, 'b'), many),
    };
  } finally {
    await removeDisk(scratch);
  }
}

async function measure(directory: string, source: string): Promise<ContainerStart> {
  const cacheDir = join(directory, 'cache');
  const { file } = await buildPackage({ source, outDir: join(directory, 'out'), cacheDir });
  const container = await Container.create(join(directory, 'container'), file, SETTINGS);
  try {
    const began = performance.now();
    await container.start();
    const seconds = (performance.now() - began) / 1000;
    return { seconds, cpuSeconds: cpuSecondsOf(container.pid ?? 0) };
  } finally {
    await container.stop();
  }
}

/** What the built-in application demands to begin at all; nothing of it is there. */
const SETTINGS = { SLOT_NAME: 'staging', RELEASE_TOKEN: 'bench', CACHE_API_TOKEN: 'bench' };

async function writeApplication(directory: string): Promise<void> {
  await mkdir(directory);
  await writeFile(join(directory, 'index.php'), "<?php echo 'ok';");
  for (let folder = 0; folder * FILES_PER_DIRECTORY < FILES; folder++) {
    const path = join(directory, 'lib', String(folder));
    await mkdir(path, { recursive: true });
    for (let file = 0; file < FILES_PER_DIRECTORY; file++) {
      const text = `<?php\n\nreturn ['name' => 'file-${folder}-${file}'];\n${'// Filled to the size of a class.\n'.repeat(60)}`;
      await writeFile(join(path, `File${file}.php`), text);
    }
  }
}
