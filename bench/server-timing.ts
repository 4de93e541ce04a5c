import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noopArchives } from './archives.js';
import { QUICK } from './effort.js';
import { load } from './load.js';
import { type RunningServer, startServer } from './peers.js';
import { processorSeconds } from './processes.js';
import { firstPrediction } from './ready.js';
import { report } from './report.js';
import { median } from './statistics.js';

const REQUEST = { body: Buffer.from('hello'), contentType: 'text/plain' };
const BLOCK = QUICK ? 4000 : 40_000;
const TURNS = QUICK ? 4 : 20;
const CONNECTIONS = 8;

/** What the header Server-Timing costs a request whose handler does nothing: processor time of two servers that stand beside each other, by turns. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-timing-'));
  const servers: RunningServer[] = [];
  try {
    const { script } = await noopArchives(store);
    for (const properties of [[], ['server_timing=true']]) {
      const server = await startServer('ours', { modelStore: store, models: { noop: script }, workers: 1, properties });
      servers.push(server);
      await firstPrediction(server, 'noop', REQUEST);
    }
    const costs: number[][] = [[], []];
    for (let turn = -1; turn < TURNS; turn++)
      for (const [index, server] of servers.entries()) {
        const cost = await microseconds(server);
        // The first turn is for the compilers.
        if (turn >= 0) costs[index]?.push(cost);
      }
    const [without = [], timed = []] = costs;
    const pairs = without.map((one, turn) => (timed[turn] ?? Number.NaN) / one);
    report('server-timing', [
      {
        what: `a no-op, ${CONNECTIONS} connections: processor of front end and worker with Server-Timing`,
        ours: `${median(timed).toFixed(1)} µs`,
        others: `without it ${median(without).toFixed(1)} µs`,
        ratio: `${median(pairs).toFixed(3)}× (median of ${TURNS} pairs)`,
      },
    ]);
  } finally {
    for (const server of servers) await server.stop();
    rmSync(store, { recursive: true, force: true });
  }
}

async function microseconds(server: RunningServer): Promise<number> {
  const before = processorSeconds(server.pid);
  const url = `${server.inferenceUrl}/predictions/noop`;
  const { requests, failures } = await load({ url, ...REQUEST, connections: CONNECTIONS, requests: BLOCK });
  if (failures > 0) throw new Error(`${failures} of ${requests} requests failed`);
  return (1e6 * (processorSeconds(server.pid) - before)) / requests;
}
