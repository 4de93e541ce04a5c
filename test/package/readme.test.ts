import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/test-unless.js';
import { run } from './installed.js';

/** A line that the README tells to type, and what it says will be printed. */
interface Step {
  readonly line: string;
  readonly prints: string;
}

const readme = readFileSync('README.md', 'utf8');

/** The `$ ` lines of a section's console blocks, in order. */
function stepsOf(title: string): Step[] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
  const blocks = [...section.matchAll(/^```console\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const end = text.indexOf('\n');
        return { line: text.slice(0, end), prints: text.slice(end + 1).trim() };
      }),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'mar-readme-'));
const prefix = join(folder, 'global');
mkdirSync(prefix);
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** A server that chooses its ports, whatever else runs here; the README's ports stand for them. */
const config = join(folder, 'ports.properties');
writeFileSync(config, 'inference_address=http://127.0.0.1:0\nmanagement_address=http://127.0.0.1:0\n');

function environment(node: string): NodeJS.ProcessEnv {
  const path = [dirname(node), join(prefix, 'bin'), process.env['PATH']].join(delimiter);
  const npm = { npm_config_prefix: prefix, npm_config_prefer_offline: 'true', npm_config_audit: 'false' };
  return { ...process.env, ...npm, PATH: path, MMS_CONFIG_FILE: config, NODE_OPTIONS: '' };
}

function shell(line: string, cwd: string, env: NodeJS.ProcessEnv) {
  return spawnSync('bash', ['-c', line], { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** The package as npm would publish it, installed by the README's own first line. Undefined where the registry cannot be reached. */
function install(): string | undefined {
  const packed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], resolve('.'));
  assert.is(packed.status, 0, packed.stderr);
  const [report]: { filename: string }[] = JSON.parse(packed.stdout);
  const [first] = stepsOf('Install it');
  const line = (first?.line ?? '').replace(/model-archiver$/, join(folder, report?.filename ?? ''));
  assert.match(line, /^npm install --global .*\.tgz$/);
  const { status, stderr } = shell(line, folder, environment(process.execPath));
  if (status !== 0 && /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ENOTCACHED/.test(stderr))
    return 'the package registry cannot be reached';
  assert.is(status, 0, stderr);
  return undefined;
}

const offline = install();

/** Starts what serves until it is ended, and waits for the addresses it prints. */
async function start(
  line: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ child: ChildProcess; ports: string[] }> {
  const child = spawn('bash', ['-c', `exec ${line}`], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const ports: string[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const [, port] = /API +http:\/\/127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    if (port) ports.push(port);
    if (ports.length === 2) return { child, ports };
  }
  throw new Error(`${line} ended before it served:\n${log}`);
}

/** `MAR_TEST_NODE_22` and its like name a Node of that version; the one that runs the tests is one of them. */
function nodeOf(major: number): string | undefined {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const named = process.env[`MAR_TEST_NODE_${major}`];
  return named !== undefined && existsSync(named) ? named : undefined;
}

for (const major of [20, 22, 24]) {
  const node = nodeOf(major);
  const missing = offline ?? (node === undefined ? `MAR_TEST_NODE_${major} does not name a Node ${major}` : undefined);
  testUnless(missing, test, `the README, line by line from an empty folder, on Node ${major}`, async () => {
    const cwd = join(folder, `node-${major}`);
    mkdirSync(cwd);
    const env = environment(node ?? '');
    assert.match(shell('node --version', cwd, env).stdout, new RegExp(`^v${major}\\.`));
    let server: Awaited<ReturnType<typeof start>> | undefined;
    const steps = [...stepsOf('Install it').slice(1), ...stepsOf('Use it')];
    assert.ok(steps.length >= 8, 'the README has its steps');
    try {
      for (const { line, prints } of steps) {
        if (line.startsWith('mar serve-local')) {
          server = await start(line, cwd, env);
          continue;
        }
        const [inference = '8080', management = '8081'] = server?.ports ?? [];
        const typed = line.replaceAll('8080', inference).replaceAll('8081', management);
        const { status, stdout, stderr } = shell(typed, cwd, env);
        assert.is(status, 0, `${line}\n${stdout}${stderr}`);
        if (prints !== '') assert.is(stdout.trim(), prints, line);
      }
    } finally {
      if (server) {
        const exited = once(server.child, 'exit');
        server.child.kill('SIGTERM');
        await exited;
      }
    }
    assert.ok(server, 'a server was started');
  });
}

test('every page that the README links to is in the package', () => {
  const packed = run('npm', ['pack', '--json', '--dry-run', '--ignore-scripts'], resolve('.'));
  const [report]: { files: { path: string }[] }[] = JSON.parse(packed.stdout);
  const paths = new Set(report?.files.map(({ path }) => path));
  const links = [...readme.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
  assert.ok(links.length > 8);
  assert.equal(
    links.filter((link) => !paths.has(link)),
    [],
  );
});

test.run();
