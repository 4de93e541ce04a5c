import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noopArchives } from './archives.js';
import { QUICK } from './effort.js';
import { load } from './load.js';
import { startServer } from './peers.js';
import { commandOf, processTree, residentMegabytes } from './processes.js';
import { firstPrediction } from './ready.js';
import { type Row, report } from './report.js';

const TOTAL = QUICK ? 2_000 : 200_000;
const STEPS = 10;
const REQUEST = { body: Buffer.from('hello'), contentType: 'text/plain' };

/** Many requests over one server: its memory after the first fifth and at the end, front end and worker. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-soak-'));
  try {
    const { script, python } = await noopArchives(store);
    report('soak', [
      ...(await soak(store, script, 'TypeScript handler')),
      ...(await soak(store, python, 'Python handler')),
    ]);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

async function soak(store: string, archive: string, handler: string): Promise<Row[]> {
  const server = await startServer('ours', { modelStore: store, models: { noop: archive }, workers: 1 });
  try {
    await firstPrediction(server, 'noop', REQUEST);
    const url = `${server.inferenceUrl}/predictions/noop`;
    const memory: number[][] = [];
    for (let step = 0; step < STEPS; step++) {
      const { failures } = await load({ url, ...REQUEST, connections: 32, requests: TOTAL / STEPS });
      if (failures > 0) throw new Error(`${failures} requests failed`);
      const processes = processTree(server.frontEnd()).filter((pid) => commandOf(pid) !== 'sh');
      memory.push(processes.map(residentMegabytes));
    }
    const early = memory[STEPS / 5 - 1] ?? [];
    const late = memory.at(-1) ?? [];
    return ['front end', 'worker'].map((part, index) => {
      const [before = 0, after = 0] = [early[index], late[index]];
      return {
        what: `${handler}, ${TOTAL.toLocaleString('en')} requests: memory of the ${part}`,
        ours: `${after.toFixed(0)} MB at the end`,
        others: `${before.toFixed(0)} MB after the first fifth`,
        ratio: `${(after / before).toFixed(2)}×`,
        floor: '≤ 1.25×',
        holds: after <= before * 1.25,
      };
    });
  } finally {
    await server.stop();
  }
}
