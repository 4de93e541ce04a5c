import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allTests, mirroredTests } from './mirrored-tests.js';
import { draw, type Mutant, mutantsOf } from './mutants.js';
import type { Reach } from './reach.js';
import { TreeCopy } from './tree-copy.js';

const USAGE = `usage: npm run mutate -- --folder src/serve [--count 300] [--seed 1] [--minutes 60] [--jobs 1] [--seconds 20] [--again] [--whole]

Draws mutants of a folder's source and runs the tests that mirror each changed file and reach the changed place, its own first, in a
copy of the tree. Prints the share that tests notice with its 95 % interval, and every survivor. A test that is too slow notices nothing: it runs again alone and longer,
and a mutant with which it still does not end is counted apart. A run that is repeated goes on where it ended.
  --seconds   tests of the mirrored folder that take longer are left to --whole
  --again     tries the survivors of earlier runs again, after tests have changed
  --whole     tries survivors on the whole suite
`;

/** `hangs`: no test failed, but one that passes without the mutant did not end with it, though it was alone and had far longer. */
type Fate = 'killed' | 'survived' | 'hangs';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '20' },
    again: { type: 'boolean', default: false },
    whole: { type: 'boolean', default: false },
  },
});

/** Wilson's 95 % interval of a share. */
function wilson(hits: number, total: number): [low: number, high: number] {
  const z = 1.96;
  const share = hits / total;
  const middle = (share + (z * z) / (2 * total)) / (1 + (z * z) / total);
  const half = (z / (1 + (z * z) / total)) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  return [middle - half, middle + half];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const keyOf = ({ file, start, end, replacement, change }: Mutant): string =>
  JSON.stringify([file, start, end, replacement, change]);

/** Fates that earlier runs of this folder found, by mutant, and where the next ones go. */
function resume(folder: string): { fates: Map<string, Fate>; record: (key: string, fate: Fate) => void } {
  const directory = 'node_modules/.cache/mutate';
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${folder.replaceAll('/', '-')}.jsonl`);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const fates = new Map<string, Fate>(lines.map((line) => JSON.parse(line)));
  const record = (key: string, fate: Fate): void => {
    fates.set(key, fate);
    appendFileSync(file, `${JSON.stringify([key, fate])}\n`);
  };
  return { fates, record };
}

/** Runs the tests of stages until one fails. A test that is too slow may be so because the machine is busy: it gets a second run. */
async function fateOf(
  tree: TreeCopy,
  mutant: Mutant,
  text: string,
  stages: readonly string[],
  times: ReadonlyMap<string, number>,
): Promise<Fate> {
  const broken = text.slice(0, mutant.start) + mutant.replacement + text.slice(mutant.end);
  let hangs = false;
  tree.write(mutant.file, broken);
  try {
    for (const test of stages) {
      const limit = Math.min(300, 10 + 4 * (times.get(test) ?? 60));
      let { outcome } = await tree.run(test, limit);
      if (outcome === 'too-slow') {
        tree.write(mutant.file, text);
        const without = await tree.run(test, 2 * limit);
        tree.write(mutant.file, broken);
        if (without.outcome !== 'passed') continue;
        outcome = (await tree.run(test, Math.min(600, 30 + 10 * without.seconds))).outcome;
        hangs ||= outcome === 'too-slow';
      }
      if (outcome === 'failed') return 'killed';
      if (hangs) return 'hangs';
    }
    return 'survived';
  } finally {
    tree.write(mutant.file, text);
  }
}

async function main(folder: string): Promise<void> {
  const until = performance.now() + Number(values.minutes) * 60_000;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
  const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const every = [...texts].flatMap(([file, text]) => mutantsOf(file, text));
  const drawn = draw(every, Number(values.count), Number(values.seed));
  const { fates, record } = resume(`${folder}${values.whole ? '-whole' : ''}`);
  const trees = Array.from({ length: Number(values.jobs) }, () => new TreeCopy());
  process.once('SIGINT', () => process.exit(130));
  process.once('exit', () => {
    for (const tree of trees) tree.remove();
  });
  const times = new Map<string, number>();
  const reaches = new Map<string, Reach>();
  const failing = new Set<string>();
  const untested = new Set<string>();
  const stagesOf = async (tree: TreeCopy, file: string): Promise<string[]> => {
    const { own, folder: others } = mirroredTests(file);
    const wanted = values.whole ? [...own, ...others, ...allTests()] : [...own, ...others];
    for (const test of wanted) {
      const known = times.get(test);
      if (known !== undefined && (Number.isFinite(known) || !own.includes(test))) continue;
      times.set(test, Number.POSITIVE_INFINITY);
      // A test that takes longer than wanted is stopped there, and not used.
      const limit = values.whole || own.includes(test) ? 300 : Number(values.seconds);
      const { outcome, seconds, reach } = await tree.explore(test, limit);
      if (outcome !== 'too-slow') times.set(test, seconds);
      reaches.set(test, reach);
      if (outcome === 'failed') failing.add(test);
    }
    const isQuick = (test: string) =>
      values.whole || own.includes(test) || (times.get(test) ?? 0) <= Number(values.seconds);
    const isMeasured = (test: string) => Number.isFinite(times.get(test)) && !failing.has(test);
    const usable = [...new Set(wanted)].filter((test) => isMeasured(test) && isQuick(test));
    const rank = (test: string) => (own.includes(test) ? 0 : (times.get(test) ?? 0));
    return usable.sort((a, b) => rank(a) - rank(b));
  };
  const queue = drawn.values();
  const lane = async (tree: TreeCopy): Promise<void> => {
    for (const mutant of queue) {
      const key = keyOf(mutant);
      const known = fates.get(key);
      if (known === 'killed' || known === 'hangs' || (known !== undefined && !values.again)) continue;
      if (performance.now() > until) return;
      const stages = await stagesOf(tree, mutant.file);
      if (stages.length === 0) {
        untested.add(mutant.file);
        continue;
      }
      const reaching = stages.filter((test) => reaches.get(test)?.has(mutant) ?? true);
      const fate = await fateOf(tree, mutant, texts.get(mutant.file) ?? '', reaching, times);
      record(key, fate);
      if (fate === 'killed') continue;
      const how = reaching.length === 0 ? ' (no test reaches it)' : '';
      console.log(`${fate} ${mutant.file}:${mutant.line}  ${mutant.change}${how}`);
    }
  };
  await Promise.all(trees.map(lane));
  for (const test of failing) console.log(`not used, because it fails without a mutant: ${test}`);
  for (const file of untested) console.log(`not tried, because no test that mirrors it can be used: ${file}`);
  const hanging = drawn.filter((mutant) => fates.get(keyOf(mutant)) === 'hangs');
  const tried = drawn.filter((mutant) => fates.has(keyOf(mutant)) && !hanging.includes(mutant));
  const killed = tried.filter((mutant) => fates.get(keyOf(mutant)) === 'killed');
  console.log(`\n${'file'.padEnd(52)} killed of tried`);
  for (const file of files) {
    const [hits, total] = [killed, tried].map((list) => list.filter((mutant) => mutant.file === file).length);
    if (total) console.log(`${file.padEnd(52)} ${String(hits).padStart(4)} / ${total}`);
  }
  const [low, high] = wilson(killed.length, tried.length || 1);
  console.log(
    `\n${folder}: ${killed.length} of ${tried.length} killed = ${percent(killed.length / (tried.length || 1))} (95 % interval ${percent(low)} to ${percent(high)}); ` +
      `${drawn.length} drawn with seed ${values.seed} from ${every.length}; ` +
      `${hanging.length} that never end are in neither number`,
  );
  console.log('\nsurvivors:');
  for (const mutant of tried.filter((one) => fates.get(keyOf(one)) === 'survived')) {
    console.log(`${mutant.file}:${mutant.line}  ${mutant.change}`);
  }
}

if (values.folder === undefined) {
  console.log(USAGE);
  process.exitCode = 2;
} else {
  await main(values.folder.replace(/\/$/, ''));
}
