import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { killGroup, livingIn } from './process-group.js';
import { readReport, type TestReport } from './test-report.js';

export interface TestFileResult extends TestReport {
  readonly file: string;
  /** Everything that the file printed, both streams in order of arrival. */
  readonly output: string;
  readonly seconds: number;
}

/** Suites of a file that are declared and never run: uvu would pass over them in silence. */
export async function forgottenSuites(file: string): Promise<string[]> {
  const source = await readFile(file, 'utf8');
  const names = [...source.matchAll(/^(?:export )?const (\w+) = suite\b/gm)].map(([, name]) => name ?? '');
  return names.filter((name) => !source.includes(`${name}.run()`));
}

/** The program with which tsx compiles; it ends when it notices that the test has, which may be a moment later. */
const TRANSFORMER = /\/esbuild --service=\S+ --ping$/;

/**
 * Runs one test file as its own process group, with `program` as its Node. After `limitSeconds` the whole group is killed and the file fails;
 * it also fails when it leaves a process behind.
 */
export async function runTestFile(
  file: string,
  limitSeconds: number,
  program: string = process.execPath,
): Promise<TestFileResult> {
  const started = performance.now();
  const child = spawn(program, ['--import', 'tsx', '--conditions=mar-source', file], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'test' },
  });
  const group = child.pid;
  if (group === undefined) throw new Error(`cannot start ${program} for ${file}`);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let hung = false;
  const guard = setTimeout(() => {
    hung = true;
    killGroup(group);
  }, limitSeconds * 1000);
  const onExit = () => killGroup(group);
  process.once('exit', onExit);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(guard);
  const left = hung ? [] : livingIn(group).filter((line) => !TRANSFORMER.test(line));
  killGroup(group);
  await closed;
  process.off('exit', onExit);

  const report = readReport(output, code);
  const faults = hung ? [`hung: killed after ${limitSeconds} s`] : [...report.faults];
  for (const line of left) faults.push(`left a process behind: ${line}`);
  for (const suite of await forgottenSuites(file)) faults.push(`never runs the suite '${suite}': add ${suite}.run()`);
  return { ...report, faults, file, output, seconds: (performance.now() - started) / 1000 };
}
