// Stands in for the console: answers each connection, ends when it is told to, and asks to end at `idle`.
import { createServer } from 'node:http';

let received = 0;
const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(1);
  if (request.url === '/hang') {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    process.exit(1);
  }
  response.end(String(process.pid));
  if (request.url === '/idle') process.send?.({ kind: 'idle', received });
  if (request.url === '/not-idle') process.send?.({ kind: 'idle', received: received - 1 });
});
process.on('message', (_, socket) => {
  received += 1;
  process.send?.({ kind: 'taken', received });
  server.emit('connection', socket);
  socket.resume();
});
process.on('disconnect', () => process.exit(0));
