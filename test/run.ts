import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTestFile, type TestFileResult } from './support/test-file.js';

const USAGE = `usage: node --import tsx test/run.ts [--limit SECONDS] [--jobs N] [FILE | PART OF A PATH]...

Runs test/**/*.test.ts, each file as its own process, and prints the totals last. Exit code 1 when anything failed.
Without a file, those that touch processes and tensors run again on each other Node that MAR_TEST_NODE_20, _22 or _24 names.
`;

/** What depends on the Node that runs it: processes, sockets to them, native modules, typed arrays, the demo. */
const NODE_PARTS = ['hosting', 'protocol', 'worker', 'service', 'testing', 'examples'].map((part) =>
  join('test', part),
);

/** Tests of Python workers, in which Node only starts and listens. */
const PYTHON = /python|mms|torchserve|requirements/;

/** A file, and the Node that runs it; undefined is the one that runs this. */
interface Planned {
  readonly file: string;
  readonly node?: { readonly major: number; readonly program: string };
}

/** All files, and some again on the other Nodes that the environment names. */
function onEveryNode(files: readonly string[]): Planned[] {
  const own = Number(process.versions.node.split('.')[0]);
  const others = [20, 22, 24].flatMap((major) => {
    const program = process.env[`MAR_TEST_NODE_${major}`];
    return major === own || program === undefined ? [] : [{ major, program }];
  });
  const again = files.filter((file) => NODE_PARTS.some((part) => file.startsWith(`${part}/`)) && !PYTHON.test(file));
  return [...files.map((file) => ({ file })), ...others.flatMap((node) => again.map((file) => ({ file, node })))];
}

/** The test files that the arguments choose: all of them, an existing file as it is, or those whose path holds the text. */
async function chooseFiles(filters: readonly string[]): Promise<string[]> {
  const all = (await readdir('test', { recursive: true }))
    .map((path) => join('test', path))
    .filter((path) => path.endsWith('.test.ts') && !path.startsWith(join('test', 'fixtures')))
    .sort();
  if (filters.length === 0) return all;
  return filters.flatMap((filter) => {
    if (existsSync(filter) && filter.endsWith('.ts')) return [filter];
    const chosen = all.filter((path) => path.includes(filter));
    if (chosen.length === 0) throw new Error(`no test file has '${filter}' in its path`);
    return chosen;
  });
}

/** Runs the files, `jobs` at a time, and hands over each result as it arrives. */
async function runAll(
  files: readonly Planned[],
  jobs: number,
  limit: number,
  report: (result: TestFileResult) => void,
): Promise<TestFileResult[]> {
  const results: TestFileResult[] = [];
  const queue = files.values();
  const lane = async () => {
    for (const { file, node } of queue) {
      const ran = await runTestFile(file, limit, node?.program);
      const result = node ? { ...ran, file: `${file} on Node ${node.major}` } : ran;
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  return results;
}

const failures = (result: TestFileResult) => result.failed + result.faults.length;

function print(result: TestFileResult): void {
  const failed = failures(result);
  const counts = `${result.passed} passed${failed ? `, ${failed} failed` : ''}, ${result.seconds.toFixed(1)} s`;
  console.log(`${failed ? 'FAIL' : 'ok  '} ${result.file} (${counts})`);
  if (!failed) return;
  console.log(result.output.replace(/^/gm, '     | ').trimEnd());
  for (const fault of result.faults) console.log(`     ${result.file} ${fault}`);
}

function summarize(results: readonly TestFileResult[]): number {
  const sum = (count: (result: TestFileResult) => number) => results.reduce((total, one) => total + count(one), 0);
  const skips = results.flatMap(({ file, skips }) => skips.map((skip) => ({ file, ...skip })));
  for (const { file, name, reason } of skips) console.log(`skip ${file} "${name}": ${reason}`);
  const failed = sum(failures);
  const skipped = skips.length ? `, ${skips.length} skipped` : '';
  console.log(`${sum((one) => one.passed)} passed, ${failed} failed${skipped}`);
  return failed === 0 ? 0 : 1;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: 'string', default: '300' },
    jobs: { type: 'string', default: '2' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));
if (values.help) {
  console.log(USAGE);
} else {
  const chosen = await chooseFiles(positionals);
  const files = positionals.length === 0 ? onEveryNode(chosen) : chosen.map((file) => ({ file }));
  process.exitCode = summarize(await runAll(files, Number(values.jobs), Number(values.limit), print));
}
