import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { CORPUS } from '../test/hostile/corpus.js';

const MAR = fileURLToPath(new URL('../dist/bin/mar.js', import.meta.url));

/** What `mar validate` took for one hostile archive, as a process of its own. */
interface Taken {
  readonly name: string;
  readonly seconds: number;
  readonly megabytes: number;
  readonly code: number | null;
}

/** Loaded before the program: leaves the peak memory in a file when the process ends. */
function usageTo(file: string): string {
  const source = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));`;
  return `data:text/javascript,${encodeURIComponent(`import { createRequire } from 'node:module'; const require = createRequire('file:///'); ${source}`)}`;
}

async function validateOne(name: string, archive: string, usage: string): Promise<Taken> {
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', usageTo(usage), MAR, 'validate', archive], { stdio: 'ignore' });
  const [code]: (number | null)[] = await once(child, 'exit');
  const seconds = (performance.now() - start) / 1000;
  return { name, seconds, megabytes: Number(await readFile(usage, 'utf8')) / 1024, code: code ?? null };
}

/** Validates the hostile corpus one by one and prints the worst: the floor is 2 s and 200 MB each, exit code 0 to 2. */
async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'mar-bench-hostile-'));
  const taken: Taken[] = [];
  try {
    for (const attack of CORPUS) {
      const archive = join(directory, attack.name);
      attack.plant(archive);
      taken.push(await validateOne(attack.name, archive, join(directory, 'usage')));
      await rm(archive, { recursive: true, force: true });
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const over = taken.filter(
    ({ seconds, megabytes, code }) => seconds > 2 || megabytes > 200 || code === null || code > 2,
  );
  const slowest = taken.reduce((worst, one) => (one.seconds > worst.seconds ? one : worst));
  const largest = taken.reduce((worst, one) => (one.megabytes > worst.megabytes ? one : worst));
  console.log(`${taken.length} hostile archives`);
  console.log(`slowest  ${slowest.seconds.toFixed(2)} s  ${slowest.name}`);
  console.log(`largest  ${largest.megabytes.toFixed(0)} MB  ${largest.name}`);
  for (const { name, seconds, megabytes, code } of over) {
    console.log(`OVER     ${seconds.toFixed(2)} s  ${megabytes.toFixed(0)} MB  exit ${code}  ${name}`);
  }
  process.exitCode = over.length === 0 ? 0 : 1;
}

await main();
