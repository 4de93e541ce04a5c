// The least that Node can do about a tensor: node:http and the ONNX Runtime session in one process, which reads the floats into one
// buffer, runs, and answers the scores as JSON. No router, no queue, no second process. Prints its port.
import { createServer } from 'node:http';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [model] = process.argv.slice(2);
const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const server = createServer((request, response) => {
  const floats = new Float32Array(Number(request.headers['content-length']) / 4);
  const bytes = new Uint8Array(floats.buffer);
  let at = 0;
  request.on('data', (piece) => {
    bytes.set(piece, at);
    at += piece.length;
  });
  request.on('end', async () => {
    const feeds = { [session.inputNames[0]]: new Tensor('float32', floats, [1, 3, 224, 224]) };
    const { [session.outputNames[0]]: scores } = await session.run(feeds);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(Array.from(scores.data)));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
