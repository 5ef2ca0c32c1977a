import { createServer } from 'node:net';

// Listens on a unix socket and accepts nobody.
createServer().listen(process.argv[2], () => {
  process.stdout.write('listening\n', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
