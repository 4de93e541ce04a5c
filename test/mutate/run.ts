import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { draw, type Mutant, mutantsOf } from './mutants.js';
import { type Finding, lineAt, Record, relocate } from './record.js';
import { type Stage, Stages } from './stages.js';
import { TreeCopy } from './tree-copy.js';

const USAGE = `usage: npm run mutate -- --folder src/serve [--count 300] [--seed 1] [--minutes 60] [--jobs 1] [--seconds 20] [--whole]
       npm run mutate -- --replay RECORD
       either with [--part TEXT] [--tests FILE,...]

Draws mutants of a folder's source and runs the tests that mirror each changed file and reach the changed place, its own first, in a
copy of the tree. Prints the share that tests notice with its 95 % interval, and every survivor. A test that is too slow notices nothing: it runs again alone and longer,
and a mutant with which it still does not end is counted apart. A run that is repeated goes on where it ended: its record is node_modules/.cache/mutate/FOLDER.jsonl.
  --seconds   tests of the mirrored folder that take longer are left to --whole
  --whole     tries survivors on the whole suite
  --replay    tries the survivors of a record again, after tests have changed, and adds to it what it finds
  --part      only mutants whose file and change hold this text
  --tests     on these tests only; a first run keeps no record of it
`;

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '20' },
    whole: { type: 'boolean', default: false },
    replay: { type: 'string' },
    part: { type: 'string', default: '' },
    tests: { type: 'string' },
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
const nameOf = ({ file, line, change }: Mutant): string => `${file}:${line}  ${change}`;
const isWanted = (mutant: Mutant): boolean => nameOf(mutant).includes(values.part);

/** Runs the tests of stages until one fails. A test that is too slow may be so because the machine is busy: it gets a second run. */
async function tryOut(tree: TreeCopy, mutant: Mutant, text: string, stages: readonly Stage[]): Promise<Finding> {
  const broken = text.slice(0, mutant.start) + mutant.replacement + text.slice(mutant.end);
  const found = { mutant, by: null, lineText: lineAt(text, mutant.start) };
  let hangs = false;
  tree.write(mutant.file, broken);
  try {
    for (const { test, seconds } of stages) {
      const limit = Math.min(300, 10 + 4 * seconds);
      let { outcome } = await tree.run(test, limit);
      if (outcome === 'too-slow') {
        tree.write(mutant.file, text);
        const without = await tree.run(test, 2 * limit);
        tree.write(mutant.file, broken);
        if (without.outcome !== 'passed') continue;
        outcome = (await tree.run(test, Math.min(600, 30 + 10 * without.seconds))).outcome;
        hangs ||= outcome === 'too-slow';
      }
      if (outcome === 'failed') return { ...found, fate: 'killed', by: test };
      if (hangs) return { ...found, fate: 'hangs', by: test };
    }
    return { ...found, fate: 'survived' };
  } finally {
    tree.write(mutant.file, text);
  }
}

/** Tries mutants, each in one of the copies of the tree, and hands over what is found of each. */
async function tryAll(
  mutants: readonly Mutant[],
  textOf: (file: string) => string,
  found: (finding: Finding) => void,
): Promise<void> {
  const until = performance.now() + Number(values.minutes) * 60_000;
  const stages = new Stages(Number(values.seconds), values.whole, values.tests?.split(','));
  const trees = Array.from({ length: Number(values.jobs) }, () => new TreeCopy());
  process.once('SIGINT', () => process.exit(130));
  process.once('exit', () => {
    for (const tree of trees) tree.remove();
  });
  const untested = new Set<string>();
  const queue = mutants.values();
  const lane = async (tree: TreeCopy): Promise<void> => {
    for (const mutant of queue) {
      if (performance.now() > until) return;
      const usable = await stages.of(tree, mutant.file);
      if (usable.length === 0) {
        untested.add(mutant.file);
        continue;
      }
      const reaching = usable.filter(({ reach }) => reach.has(mutant));
      const finding = await tryOut(tree, mutant, textOf(mutant.file), reaching);
      found(finding);
      const how = finding.by === null ? (reaching.length === 0 ? ' (no test reaches it)' : '') : ` by ${finding.by}`;
      if (finding.fate !== 'killed' || values.replay) console.log(`${finding.fate} ${nameOf(mutant)}${how}`);
    }
  };
  await Promise.all(trees.map(lane));
  for (const test of await stages.failing()) console.log(`not used, because it fails without a mutant: ${test}`);
  for (const file of untested) console.log(`not tried, because no test that mirrors it can be used: ${file}`);
}

/** Prints the share that was noticed, by file and in all, and the survivors. */
function report(findings: readonly Finding[]): void {
  const hanging = findings.filter(({ fate }) => fate === 'hangs');
  const tried = findings.filter(({ fate }) => fate !== 'hangs');
  const killed = tried.filter(({ fate }) => fate === 'killed');
  console.log(`\n${'file'.padEnd(52)} killed of tried`);
  for (const file of [...new Set(tried.map(({ mutant }) => mutant.file))].sort()) {
    const [hits, total] = [killed, tried].map((list) => list.filter(({ mutant }) => mutant.file === file).length);
    console.log(`${file.padEnd(52)} ${String(hits).padStart(4)} / ${total}`);
  }
  const [low, high] = wilson(killed.length, tried.length || 1);
  const share = percent(killed.length / (tried.length || 1));
  console.log(
    `\n${killed.length} of ${tried.length} killed = ${share} (95 % interval ${percent(low)} to ${percent(high)}); ` +
      `${hanging.length} that never end are in neither number`,
  );
  console.log('\nsurvivors:');
  for (const { mutant, fate } of tried) if (fate === 'survived') console.log(nameOf(mutant));
}

async function fresh(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
  const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const every = [...texts].flatMap(([file, text]) => mutantsOf(file, text)).filter(isWanted);
  const drawn = draw(every, Number(values.count), Number(values.seed));
  console.log(`${folder}: ${drawn.length} drawn with seed ${values.seed} from ${every.length}`);
  const name = `${folder.replaceAll('/', '-')}${values.whole ? '-whole' : ''}.jsonl`;
  const record = new Record(values.tests ? undefined : join('node_modules/.cache/mutate', name));
  const open = drawn.filter((mutant) => record.of(mutant) === undefined);
  await tryAll(
    open,
    (file) => texts.get(file) ?? '',
    (finding) => record.add(finding),
  );
  report(drawn.flatMap((mutant) => record.of(mutant) ?? []));
}

async function again(path: string): Promise<void> {
  const record = new Record(path);
  const earlier = record.all();
  const survivors = earlier.filter(({ mutant, fate }) => fate === 'survived' && isWanted(mutant));
  const texts = new Map(
    survivors.map(({ mutant: { file } }) => [file, existsSync(file) ? readFileSync(file, 'utf8') : '']),
  );
  const origins = new Map<Mutant, Finding>();
  const gone = new Set<Finding>();
  for (const finding of survivors) {
    const text = texts.get(finding.mutant.file) ?? '';
    const now = relocate(finding, mutantsOf(finding.mutant.file, text), text);
    if (now === undefined) gone.add(finding);
    else origins.set(now, finding);
  }
  await tryAll(
    [...origins.keys()],
    (name) => texts.get(name) ?? '',
    ({ mutant, fate, by }) => {
      const origin = origins.get(mutant);
      if (origin !== undefined) record.add({ ...origin, fate, by });
    },
  );
  for (const { mutant } of gone) console.log(`its line is no more: ${nameOf(mutant)}`);
  report(record.all().filter((finding) => !gone.has(finding)));
  console.log(`\n${gone.size} survivors whose line is no more are in neither number`);
}

if (values.replay !== undefined) {
  await again(values.replay);
} else if (values.folder !== undefined) {
  await fresh(values.folder.replace(/\/$/, ''));
} else {
  console.log(USAGE);
  process.exitCode = 2;
}
