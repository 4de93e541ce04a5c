// The bare ONNX Runtime session in a process of its own, one thread, as a worker has it: runs per second over SECONDS, on the
// picture that the servers get (on zeros it would be a few percent faster).
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

const [model, picture, seconds] = process.argv.slice(2);
const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const pixels = await sharp(picture).resize(224, 224, { fit: 'cover' }).removeAlpha().raw().toBuffer();
const planes = Float32Array.from({ length: pixels.length }, (_, at) => {
  const [plane, pixel] = [Math.floor(at / (224 * 224)), at % (224 * 224)];
  return pixels[3 * pixel + plane] / 255;
});
const input = new Tensor('float32', planes, [1, 3, 224, 224]);
const feeds = { [session.inputNames[0]]: input };
for (let warm = 0; warm < 3; warm++) await session.run(feeds);
const started = performance.now();
let runs = 0;
while (performance.now() - started < Number(seconds) * 1000) {
  await session.run(feeds);
  runs++;
}
console.log((runs * 1000) / (performance.now() - started));
