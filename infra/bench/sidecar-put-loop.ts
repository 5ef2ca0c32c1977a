import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';

/**
 * The bare minimum that puts the files of a folder into a container: read, PUT, next. No client library, nothing checked,
 * nothing renamed. Run as a process of its own: `node sidecar-put-loop.ts WARMING FILES CONTAINER_URL TOKEN AT_ONCE`. It
 * brings the files of the first folder, says `ready`, waits for a line and brings those of the second.
 */
const [warming = '', files = '', container = '', token = '', atOnce = '8'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

async function putAll(folder: string): Promise<void> {
  const names = await readdir(folder);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      await put(name, await readFile(join(folder, name)));
    }
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, worker));
}

function put(name: string, bytes: Buffer): Promise<void> {
  const headers = {
    authorization: `Bearer ${token}`,
    'x-ms-version': '2024-11-04',
    'x-ms-blob-type': 'BlockBlob',
    'content-length': bytes.length,
    'content-md5': createHash('md5').update(bytes).digest('base64'),
  };
  return new Promise((resolve, reject) => {
    const call = request(`${container}/${name}`, { method: 'PUT', agent, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 201 ? resolve() : reject(new Error(`PUT: ${response.statusCode}`)),
      );
    });
    call.on('error', reject);
    call.end(bytes);
  });
}

await putAll(warming);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
await putAll(files);
agent.destroy();
process.stdin.destroy();
