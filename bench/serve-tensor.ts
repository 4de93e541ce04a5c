import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { pack } from '../src/index.js';
import { rounds, seconds } from './effort.js';
import { load } from './load.js';
import { withNodeServer } from './processes.js';
import { ratio, report } from './report.js';
import { session } from './sessions.js';
import { alternate, median } from './statistics.js';

const EXAMPLE = 'examples/image-classifier/model';
const MODEL = 'efficientnet-lite0-int8.onnx';
const PHOTOGRAPH = join(EXAMPLE, 'MAR-INF/tests/chelsea.png');
const SIDE = 224;

const CONTENT_TYPE = 'application/octet-stream';

/**
 * The example's model behind the service `tensor`, asked with 600 kB of floats over one connection, and by turns its bare session on the
 * same values, and that session behind `node:http` in one process: what any server in Node adds at least.
 */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-tensor-'));
  try {
    const folder = join(store, 'sources');
    mkdirSync(folder);
    copyFileSync(join(EXAMPLE, MODEL), join(folder, MODEL));
    await pack({ modelName: 'floats', modelPath: folder, handler: 'tensor', exportPath: store });
    const body = await planes();
    const results = await alternate(rounds(5), {
      bare: async () =>
        Number(
          execFileSync(process.execPath, [
            'bench/node/bare-session.mjs',
            join(EXAMPLE, MODEL),
            PHOTOGRAPH,
            String(seconds(4)),
          ]),
        ),
      ours: async () => {
        const { loads } = await session('ours', {
          modelStore: store,
          models: { floats: 'floats.mar' },
          model: 'floats',
          workers: 1,
          request: { body, contentType: CONTENT_TYPE },
          connections: [1],
          seconds: seconds(4),
        });
        return loads.get(1)?.perSecond ?? Number.NaN;
      },
      least: () => bareServer(body),
    });
    const mean = (rates: readonly number[]): number => 1000 / median(rates);
    const [ours, bare, least] = [mean(results.ours), mean(results.bare), mean(results.least)];
    const what = `${(body.length / 1000).toFixed(0)} kB of floats, 1 connection`;
    report('serve-tensor', [
      {
        what: `${what}, one worker: mean`,
        ours: `${ours.toFixed(2)} ms`,
        others: `bare session ${bare.toFixed(2)} ms`,
        ...ratio(ours, bare, { atMost: 1.3 }),
      },
      {
        what: `${what}: mean`,
        ours: `${ours.toFixed(2)} ms`,
        others: `the session behind node:http, one process ${least.toFixed(2)} ms`,
        ...ratio(ours, least),
      },
      {
        what: '… of that the session behind node:http: mean',
        ours: `${least.toFixed(2)} ms`,
        others: `bare session ${bare.toFixed(2)} ms`,
        ...ratio(least, bare),
      },
    ]);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

/** Answers per second of the session behind `node:http`, warmed up as long as ours is. */
function bareServer(body: Buffer): Promise<number> {
  return withNodeServer(['bench/node/bare-server.mjs', join(EXAMPLE, MODEL)], async (port) => {
    const asked = { url: `http://127.0.0.1:${port}/`, body, contentType: CONTENT_TYPE, connections: 1 };
    await load({ ...asked, seconds: seconds(4) / 3 });
    const { perSecond, failures } = await load({ ...asked, seconds: seconds(4) });
    if (failures > 0) throw new Error(`the session behind node:http failed ${failures} requests`);
    return perSecond;
  });
}

/** The photograph as the bare session has it: little-endian floats, channels first, 0 to 1. */
async function planes(): Promise<Buffer> {
  const pixels = await sharp(PHOTOGRAPH).resize(SIDE, SIDE, { fit: 'cover' }).removeAlpha().raw().toBuffer();
  const body = Buffer.alloc(pixels.length * 4);
  for (const [at, value] of pixels.entries()) {
    const [pixel, plane] = [Math.floor(at / 3), at % 3];
    body.writeFloatLE(value / 255, (plane * SIDE * SIDE + pixel) * 4);
  }
  return body;
}
