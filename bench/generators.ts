import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { rounds, seconds } from './effort.js';
import { withNodeServer } from './processes.js';
import { type Row, ratio, report } from './report.js';
import { alternate, median } from './statistics.js';

/** What one generator found of a server. */
interface Found {
  readonly perSecond: number;
  /** The mean latency in milliseconds. */
  readonly mean: number;
}

const SECONDS = seconds(4);
const CONNECTIONS = [1, 8, 32];
/** An open loop on a server that answers after so many milliseconds. */
const DELAY_MS = 40;
const RATE = 100;

/** The generator of `mar bench` beside public ones, on servers that do nothing, or answer after a fixed time: do they find the same? */
export async function run(): Promise<void> {
  const rows: Row[] = [];
  await withServer(0, async (url) => {
    for (const connections of CONNECTIONS) {
      const found = await alternate(rounds(5), {
        ours: () => ours(url, ['--connections', String(connections)]),
        autocannon: () => autocannon(url, connections),
      });
      const [own, other] = [median(found.ours.map(rateOf)), median(found.autocannon.map(rateOf))];
      rows.push({
        what: `closed loop, a server that does nothing, ${connections} connection${connections === 1 ? '' : 's'}`,
        ours: `${whole(own)} /s`,
        others: `autocannon ${whole(other)} /s`,
        ...ratio(own, other, { atLeast: 1 }),
      });
    }
  });
  await withServer(DELAY_MS, async (url) => {
    const closed = await alternate(rounds(5), {
      ours: () => ours(url, ['--connections', '8']),
      autocannon: () => autocannon(url, 8),
    });
    rows.push(
      ...agreement(
        `closed loop, answers after ${DELAY_MS} ms, 8 connections`,
        closed.ours,
        'autocannon',
        closed.autocannon,
      ),
    );
    const loadtestBin = process.env['MAR_BENCH_LOADTEST'];
    if (loadtestBin === undefined) return;
    const open = await alternate(rounds(5), {
      ours: () => ours(url, ['--rate', String(RATE)]),
      loadtest: () => loadtest(loadtestBin, url),
    });
    rows.push(
      ...agreement(`open loop, answers after ${DELAY_MS} ms, ${RATE} /s`, open.ours, 'loadtest', open.loadtest),
    );
  });
  report('generators', rows);
}

const rateOf = ({ perSecond }: Found): number => perSecond;
const meanOf = ({ mean }: Found): number => mean;
const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** Rows that hold where the two differ by less than 5 %. */
function agreement(what: string, own: readonly Found[], name: string, other: readonly Found[]): Row[] {
  const row = (kind: string, unit: string, pick: (found: Found) => number): Row => {
    const [mine, theirs] = [median(own.map(pick)), median(other.map(pick))];
    const text = (value: number): string => `${value.toFixed(1)} ${unit}`;
    return {
      what: `${what}: ${kind}`,
      ours: text(mine),
      others: `${name} ${text(theirs)}`,
      ratio: ratio(mine, theirs).ratio,
      floor: '0.95 to 1.05×',
      holds: Math.abs(mine / theirs - 1) <= 0.05,
    };
  };
  return [row('throughput', '/s', rateOf), row('mean latency', 'ms', meanOf)];
}

function withServer(delay: number, use: (url: string) => Promise<void>): Promise<void> {
  return withNodeServer(['bench/node/plain-server.mjs', String(delay)], (port) =>
    use(`http://127.0.0.1:${port}/predictions/noop`),
  );
}

/** What a program prints; it has to end well. */
async function said(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${out}`);
  return out;
}

async function ours(url: string, flags: readonly string[]): Promise<Found> {
  const once = ['--duration', String(SECONDS), '--rounds', '1', '--warm-up', '1', '--json'];
  const { figures }: { figures: Record<'throughput' | 'mean', { value: number }> } = JSON.parse(
    await said('dist/bin/mar.js', ['bench', url, '-d', 'hello', ...flags, ...once]),
  );
  return { perSecond: figures.throughput.value, mean: figures.mean.value };
}

async function autocannon(url: string, connections: number): Promise<Found> {
  const warm = ['--warmup', `[ -c ${connections} -d 1 ]`];
  const flags = ['-j', '-m', 'POST', '-b', 'hello', '-c', String(connections), '-d', String(SECONDS), ...warm];
  // The warm-up has a line of its own before.
  const line = (await said('node_modules/autocannon/autocannon.js', [...flags, url])).trim().split('\n').at(-1) ?? '';
  const { requests, duration, latency }: Record<string, Record<string, number>> & { duration: number } =
    JSON.parse(line);
  return { perSecond: (requests?.['total'] ?? Number.NaN) / duration, mean: latency?.['mean'] ?? Number.NaN };
}

async function loadtest(bin: string, url: string): Promise<Found> {
  const flags = [
    '--rps',
    String(RATE),
    '-t',
    String(SECONDS + 1),
    '-m',
    'POST',
    '-P',
    'hello',
    '-T',
    'text/plain',
    '-k',
  ];
  const out = await said(bin, [...flags, url]);
  const number = (pattern: RegExp): number => Number(pattern.exec(out)?.[1]);
  return { perSecond: number(/Effective rps: +([\d.]+)/), mean: number(/Mean latency: +([\d.]+) ms/) };
}
