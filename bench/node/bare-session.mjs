// The bare ONNX Runtime session in a process of its own, one thread, as a worker has it: runs per second over SECONDS.
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [model, seconds] = process.argv.slice(2);
const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const input = new Tensor('float32', new Float32Array(3 * 224 * 224), [1, 3, 224, 224]);
const feeds = { [session.inputNames[0]]: input };
for (let warm = 0; warm < 3; warm++) await session.run(feeds);
const started = performance.now();
let runs = 0;
while (performance.now() - started < Number(seconds) * 1000) {
  await session.run(feeds);
  runs++;
}
console.log((runs * 1000) / (performance.now() - started));
