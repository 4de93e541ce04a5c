// A server that does nothing, or answers after so many milliseconds: `node plain-server.mjs DELAY`. Prints its port.
import { createServer } from 'node:http';

const delay = Number(process.argv[2] ?? 0);
const body = Buffer.from('ok');
const server = createServer((request, response) => {
  const answer = () => response.writeHead(200, ['content-type', 'text/plain', 'content-length', '2']).end(body);
  request.resume();
  request.on('end', () => (delay > 0 ? setTimeout(answer, delay) : answer()));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
