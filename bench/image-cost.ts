import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { imageArchives } from './archives.js';
import { QUICK, rounds } from './effort.js';
import { load } from './load.js';
import { availableServers, type ServerName, startServer } from './peers.js';
import { processorSeconds } from './processes.js';
import { firstPrediction } from './ready.js';
import { type Row, ratio, report } from './report.js';
import { alternate, median } from './statistics.js';

const EXAMPLE = 'examples/image-classifier/model';
const REQUESTS = QUICK ? 100 : 800;
/** Until compilers have seen the code: the Java ones go on for long. */
const WARM_UP = QUICK ? 100 : 1000;

/** Milliseconds of processor for one request. */
interface Cost {
  readonly frontEnd: number;
  readonly workers: number;
  readonly generator: number;
  readonly perSecond: number;
}

interface Parts {
  readonly decode: number;
  readonly run: number;
  readonly answer: number;
}

/** Where the processor time of a classified photograph goes, with two workers and eight connections: what bounds the rate on full processors. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-image-cost-'));
  try {
    const archives = await imageArchives(store);
    const picture = join(store, 'picture.jpeg');
    const photograph = sharp(join(EXAMPLE, 'MAR-INF/tests/chelsea.png')).resize(720, 720, { fit: 'fill' });
    const body = await photograph.jpeg({ quality: 90 }).toBuffer();
    writeFileSync(picture, body);
    const measure = (name: ServerName) => () =>
      cost(name, store, name === 'ours' ? archives.script : archives.python, { body, contentType: 'image/jpeg' });
    const servers = Object.fromEntries(availableServers().map((name) => [name, measure(name)]));
    const [costs, { parts, most }] = [
      await alternate(rounds(3), servers),
      await alternate(rounds(3), { parts: partsOf(picture), most: () => mostOf(picture) }),
    ];
    report('image-cost', rows(costs, parts, median(most)));
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

async function cost(
  name: ServerName,
  store: string,
  archive: string,
  request: { readonly body: Buffer; readonly contentType: string },
): Promise<Cost> {
  const server = await startServer(name, { modelStore: store, models: { image: archive }, workers: 2 });
  try {
    await firstPrediction(server, 'image', request);
    const asked = { url: `${server.inferenceUrl}/predictions/image`, ...request, connections: 8 };
    await load({ ...asked, requests: WARM_UP });
    const frontEnd = server.frontEnd();
    const used = () => ({ all: processorSeconds(server.pid), front: processorSeconds(frontEnd, false) });
    const [before, own] = [used(), process.cpuUsage()];
    const { requests, failures, perSecond } = await load({ ...asked, requests: REQUESTS });
    const [after, { user, system }] = [used(), process.cpuUsage(own)];
    if (failures > 0) throw new Error(`${name} failed ${failures} of ${requests} requests`);
    const each = (seconds: number): number => (1000 * seconds) / requests;
    const front = after.front - before.front;
    return {
      frontEnd: each(front),
      workers: each(after.all - before.all - front),
      generator: each((user + system) / 1e6),
      perSecond,
    };
  } finally {
    await server.stop();
  }
}

async function alone(picture: string, ...what: string[]): Promise<string> {
  const args = ['bench/node/image-parts.mjs', join(EXAMPLE, 'efficientnet-lite0-int8.onnx'), picture, String(REQUESTS)];
  return (await promisify(execFile)(process.execPath, [...args, ...what])).stdout;
}

const partsOf = (picture: string) => async (): Promise<Parts> => JSON.parse(await alone(picture));

/** Pictures a second of two processes at once that decode and run, and do nothing else: no server with these libraries answers more. */
async function mostOf(picture: string): Promise<number> {
  const both = await Promise.all([alone(picture, 'rate'), alone(picture, 'rate')]);
  return both.reduce((sum, text) => sum + Number(text), 0);
}

function rows(costs: Readonly<Record<string, readonly Cost[]>>, parts: readonly Parts[], most: number): Row[] {
  const of = (name: string, pick: (cost: Cost) => number): number => median((costs[name] ?? []).map(pick));
  const part = (pick: (one: Parts) => number): number => median(parts.map(pick));
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  const whole = ({ frontEnd, workers, generator }: Cost): number => frontEnd + workers + generator;
  const inside = { decode: part((one) => one.decode), run: part((one) => one.run), answer: part((one) => one.answer) };
  const rest = of('ours', ({ workers }) => workers) - inside.decode - inside.run - inside.answer;
  const share = (value: number): string => `${Math.round((100 * value) / of('ours', whole))} % of all`;
  return [
    ...(['mms', 'torchserve'] as const)
      .filter((peer) => costs[peer])
      .flatMap((peer): Row[] => {
        const title = peer === 'mms' ? 'MMS' : 'TorchServe';
        const row = (what: string, pick: (cost: Cost) => number): Row => {
          const [own, theirs] = [of('ours', pick), of(peer, pick)];
          return { what, ours: ms(own), others: `${title} ${ms(theirs)}`, ...ratio(theirs, own) };
        };
        return [
          row('a request: server, workers and generator', whole),
          row('… front end', ({ frontEnd }) => frontEnd),
          row('… workers', ({ workers }) => workers),
          row('… generator', ({ generator }) => generator),
          {
            what: 'answers while that was measured',
            ours: `${of('ours', ({ perSecond }) => perSecond).toFixed(0)} /s`,
            others: `${title} ${of(peer, ({ perSecond }) => perSecond).toFixed(0)} /s`,
            ...ratio(
              of('ours', ({ perSecond }) => perSecond),
              of(peer, ({ perSecond }) => perSecond),
            ),
          },
        ];
      }),
    { what: 'of our workers: the session alone', ours: ms(inside.run), others: '', ratio: share(inside.run) },
    {
      what: '… decoding, resizing, making the tensor alone',
      ours: ms(inside.decode),
      others: '',
      ratio: share(inside.decode),
    },
    { what: '… softmax, the five best, JSON alone', ours: ms(inside.answer), others: '', ratio: share(inside.answer) },
    {
      what: '… the rest: protocol, promises, garbage, caches shared with others',
      ours: ms(rest),
      others: '',
      ratio: share(rest),
    },
    ...(['ours', 'mms', 'torchserve'] as const)
      .filter((name) => costs[name])
      .map((name): Row => {
        const rate = of(name, ({ perSecond }) => perSecond);
        return {
          what: 'two processes that decode and run, without any server',
          ours: `${most.toFixed(0)} /s`,
          others: `${{ ours: 'our runner', mms: 'MMS', torchserve: 'TorchServe' }[name]} ${rate.toFixed(0)} /s`,
          ...ratio(most, rate),
        };
      }),
  ];
}
