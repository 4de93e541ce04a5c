// Loads and runs an ONNX model as a worker does and says how much the resident memory of the process grew at its peak, in bytes.
// Usage: model-memory.mjs MODEL INPUTS RUNS, where INPUTS is JSON: { name: { type, dims } }.
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [model, inputs, runs] = process.argv.slice(2);

/** A line of /proc/self/status in bytes. */
function memory(name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

const before = memory('VmRSS');
const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const feeds = {};
for (const [name, { type, dims }] of Object.entries(JSON.parse(inputs))) {
  const count = dims.reduce((all, dim) => all * dim, 1);
  feeds[name] = new Tensor(type, type === 'int64' ? new BigInt64Array(count) : new Float32Array(count).fill(0.5), dims);
}
for (let run = 0; run < Number(runs); run++) await session.run(feeds);
process.stdout.write(String(memory('VmHWM') - before));
