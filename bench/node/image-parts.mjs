// What of a classified photograph is decoding and what the model, in milliseconds of processor: `node image-parts.mjs MODEL PICTURE COUNT`. With `rate`
// behind it: how many a second it decodes and runs, and nothing else.
import { readFileSync } from 'node:fs';
import { imageTensor, softmax, topK } from 'model-archiver/service';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [model, picture, count, what] = process.argv.slice(2);
const bytes = readFileSync(picture);
const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const tensor = await imageTensor(bytes, { size: 224, resizeShorterSide: 256, mean: 127, scale: 128 });
const feeds = { [session.inputNames[0]]: new Tensor('float32', tensor.data, tensor.dims) };
const { [session.outputNames[0]]: logits } = await session.run(feeds);
const labels = Array.from(logits.data, String);

async function decodeAndRun() {
  const { data, dims } = await imageTensor(bytes, { size: 224, resizeShorterSide: 256, mean: 127, scale: 128 });
  await session.run({ [session.inputNames[0]]: new Tensor('float32', data, dims) });
}

/** How many a second, by the clock. */
async function rate(work) {
  for (let warm = 0; warm < 20; warm++) await work();
  const started = performance.now();
  for (let done = 0; done < Number(count); done++) await work();
  return (1000 * Number(count)) / (performance.now() - started);
}

async function processor(work) {
  for (let warm = 0; warm < 20; warm++) await work();
  const before = process.cpuUsage();
  for (let done = 0; done < Number(count); done++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / Number(count);
}

if (what === 'rate') {
  console.log(JSON.stringify(await rate(decodeAndRun)));
} else {
  const parts = {
    decode: await processor(() => imageTensor(bytes, { size: 224, resizeShorterSide: 256, mean: 127, scale: 128 })),
    run: await processor(() => session.run(feeds)),
    answer: await processor(async () => JSON.stringify(topK(softmax(logits.data), labels, 5), null, 2)),
  };
  console.log(JSON.stringify(parts));
}
