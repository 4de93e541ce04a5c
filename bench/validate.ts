import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../src/index.js';
import { rounds } from './effort.js';
import { largeModel } from './models.js';
import { runTimed } from './processes.js';
import { ratio, report } from './report.js';
import { alternate, median } from './statistics.js';

/** Static validation, digests included, beside `sha256sum` of the same archive. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mar-bench-validate-'));
  try {
    const model = join(folder, 'model');
    mkdirSync(model);
    cpSync(await largeModel(), join(model, 'resnet-152.onnx'));
    writeFileSync(join(model, 'service.js'), 'export const handle = (batch) => batch.map(() => 1);\n');
    await pack({ modelName: 'large', modelPath: model, handler: 'service.js', exportPath: folder });
    await pack({
      modelName: 'example',
      modelPath: 'examples/image-classifier/model',
      handler: 'service.ts',
      exportPath: folder,
    });
    const large = join(folder, 'large.mar');
    const validate = (archive: string) => runTimed(process.execPath, ['dist/bin/mar.js', 'validate', archive], '.');
    const results = await alternate(rounds(7), {
      large: () => validate(large),
      sha: () => runTimed('sha256sum', [large], '.'),
      example: () => validate(join(folder, 'example.mar')),
    });
    const [own, theirs, example] = [results.large, results.sha, results.example].map((all) =>
      median(all.map(({ seconds }) => seconds)),
    ) as [number, number, number];
    const memory = Math.max(...results.large.map(({ peakMegabytes = 0 }) => peakMegabytes));
    const small = Math.max(...results.example.map(({ peakMegabytes = 0 }) => peakMegabytes));
    report('validate', [
      {
        what: 'the 240 MB archive',
        ours: `${own.toFixed(2)} s`,
        others: `\`sha256sum\` ${theirs.toFixed(2)} s`,
        ...ratio(own, theirs, { atMost: 1.5 }),
      },
      {
        what: 'the example (5 MB, TypeScript)',
        ours: `${example.toFixed(2)} s`,
        others: '',
        ratio: '',
        floor: '< 0.7 s',
        holds: example < 0.7,
      },
      {
        what: 'memory: 240 MB archive beside the example',
        ours: `${memory.toFixed(0)} MB`,
        others: `${small.toFixed(0)} MB`,
        ratio: `${(memory / small).toFixed(2)}×`,
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
