import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeviceContext } from '#device/context.js';
import { installedGpus } from '#device/detect-machine.js';
import { MarError } from '#errors/mar-error.js';
import { Context } from '#service/context.js';
import { OnnxSession } from '#service/onnx/onnx-session.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { withContext } from './context.js';

const value = (name: string) => ({ name, dims: ['batch', 4] });
const MODEL = encodeOnnx({ inputs: [value('input')], outputs: [value('output')] });

/** Loads the model as an archive for gpu:0 would be, on a machine that has the GPU but cannot load its libraries. */
function onGpu<T>(fallback: 'cpu' | 'fail', use: (loading: Promise<OnnxSession>, seen: DeviceContext[]) => Promise<T>) {
  return withContext({ 'model.onnx': MODEL }, (plain) => {
    const device = { model: 'gpu:0', data: 'cpu', fallback, running: 'gpu:0', executionProviders: ['cuda', 'cpu'] };
    const seen: DeviceContext[] = [];
    const context = new Context({ ...plain, device, onSession: (one) => seen.push(one) });
    return use(OnnxSession.load(join(plain.modelDir, 'model.onnx'), context), seen);
  });
}

if (installedGpus() > 0 && existsSync('/dev/nvidia0')) {
  console.log('skipped: this machine has a GPU, so that its libraries may load');
} else {
  test('a provider whose libraries cannot be loaded: the declared fallback, and what runs is told', () =>
    onGpu('cpu', async (loading, seen) => {
      const session = await loading;
      assert.equal(
        seen.map(({ model, running, executionProviders }) => ({ model, running, executionProviders })),
        [{ model: 'gpu:0', running: 'cpu', executionProviders: ['cpu'] }],
      );
      const [answer] = await session.run([
        { input: { type: 'float32', data: Float32Array.of(-1, 2, -3, 4), dims: [1, 4] } },
      ]);
      assert.equal([...(answer?.['output']?.data ?? [])], [0, 2, 0, 4]);
      await session.close();
    }));

  test('… or a refusal that names the device, the cause and what to do', () =>
    onGpu('fail', async (loading, seen) => {
      const error = await loading.then(
        () => assert.unreachable('it was loaded'),
        (reason: unknown) => reason,
      );
      assert.instance(error, MarError);
      assert.is((error as MarError).code, 'ERR_DEVICE_UNAVAILABLE');
      assert.match((error as MarError).message, /ONNX Runtime for gpu:0 cannot be loaded here: .*Cuda/);
      assert.match((error as MarError).advice, '--accelerator-fallback cpu');
      assert.equal(seen, []);
    }));
}

test.run();
