import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { migrateEia } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { archive, HANDLER, migrated } from './migrated.js';

/** Lines of handlers, and what each target has to do about them: the start of the change, or nothing. */
const LINES: readonly (readonly [code: string, cpu: RegExp | undefined, gpu: RegExp | undefined])[] = [
  ['m = mx.eia(1)', /mx\.cpu/, /mx\.gpu/],
  ['c = mx.gpu(0)', /mx\.cpu/, undefined],
  ["s = s.optimize_for('EIA')", /take the call out/, /take the call out/],
  ['import eimx', /module is gone/, /module is gone/],
  ['from ei_for_tf.python.predictor.ei_predictor import EIPredictor', /saved_model/, /saved_model/],
  ['with torch.jit.optimized_execution(True, {"target_device": "eia:0"}): pass', /without target_device/, /cuda/],
  ['model = torcheia.jit.attach_eia(model, 0)', /take the call out/, /cuda/],
  ['import torcheia', /module is gone/, /module is gone/],
  ["if os.environ.get('SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT'): pass", /nothing sets/, /nothing sets/],
  ['# mx.eia()', undefined, undefined],
  ["text = 'mx.eia()'", undefined, undefined],
];

test(
  'each way of attaching is listed with what replaces it, by file and line',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'm.mar');
    for (const [code, ...expected] of LINES) {
      writeFileSync(file, archive(`import os\n${code}\n`));
      for (const [index, to] of (['cpu', 'gpu'] as const).entries()) {
        const { places, written } = await migrateEia(file, { to, dryRun: true });
        const wanted = expected[index];
        if (wanted) {
          assert.is(places[0]?.line, 2, code);
          assert.match(places.map(({ change }) => change).join('\n'), wanted, code);
        } else assert.equal(places, [], code);
        assert.is(written, false);
      }
    }
    assert.not(existsSync(join(path, 'm-cpu.mar')));
  }),
);

test(
  'what stands between an MXNet model and ONNX is listed',
  inFolder({}, async ({ path }) => {
    const symbol = (op: string) =>
      JSON.stringify({
        nodes: [
          { op: 'null', name: 'data', inputs: [] },
          { op, name: 'out', inputs: [[0, 0, 0]] },
        ],
        arg_nodes: [0],
        heads: [[1, 0, 0]],
      });
    const params = Buffer.concat([Buffer.from('12010000000000000000000000000000', 'hex'), Buffer.alloc(16)]);
    const signature = JSON.stringify({ inputs: [{ data_name: 'data', data_shape: [0, 3] }] });
    const notes = async (op: string) => {
      const files = { 'net-symbol.json': symbol(op), 'net-0000.params': params, 'signature.json': signature };
      const { notes: found } = await migrated(path, archive(HANDLER, undefined, files), 'cpu').then(
        (one) => one.migration,
      );
      return found.join('\n');
    };
    assert.match(await notes('_contrib_box_nms'), /no counterpart that is known here: _contrib_box_nms \(1\)/);
    assert.match(await notes('relu'), /every operator that could be read has a counterpart in ONNX/);
  }),
);

test.run();
