import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cannotContain, contained, pythonDirectories } from '#hosting/contain/contain.js';
import { testUnless } from '../../support/test-unless.js';

const obstacle = await cannotContain();
const missing = obstacle === undefined ? undefined : `this system grants no namespaces: ${obstacle}`;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface Places {
  /** The directory of the run. */
  run: string;
  /** One that is not hidden. */
  seen: string;
}

const test = suite<Places>('contained');

test.before.each((places) => {
  places.run = realpathSync(mkdtempSync(join(tmpdir(), 'mar-contain-')));
  places.seen = mkdtempSync(join(ROOT, '.mar-contain-'));
});

test.after.each(({ run, seen }) => {
  for (const place of [run, seen]) rmSync(place, { recursive: true, force: true });
});

/** What a contained command says and ends with. */
function inside(run: string, ...command: readonly string[]): Promise<{ code: number; said: string }> {
  return insideWith([], run, command);
}

/** The same with these directories kept. */
async function insideWith(needed: readonly string[], run: string, command: readonly string[]) {
  const [program = '', ...args] = await contained(command, { run }, needed);
  // Users other than root do not have the folders of pivot_root in their PATH.
  const PATH = '/usr/local/bin:/usr/bin:/bin';
  const child = spawn(program, args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], env: { PATH } });
  const exit = once(child, 'exit');
  const said = (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
  const [code] = await exit;
  return { code: Number(code), said };
}

testUnless(
  missing,
  test,
  'no further user namespace can be made, in which there were capabilities again',
  async ({ run }) => {
    const { code, said } = await inside(run, 'unshare', '--user', 'echo', 'made');
    assert.ok(code !== 0 && !said.includes('made'), said);
  },
);

testUnless(missing, test, 'a command runs, and PATH is its own', async ({ run }) => {
  assert.equal(await inside(run, 'sh', '-c', 'echo "$PATH"; exit 3'), {
    code: 3,
    said: '/usr/local/bin:/usr/bin:/bin\n',
  });
});

testUnless(
  missing,
  test,
  'a home is not shown for the sake of an interpreter in its bin',
  async ({ run, seen: home }) => {
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    try {
      mkdirSync(join(home, 'bin'));
      mkdirSync(join(home, '.ssh'));
      const python = join(home, 'bin/python3');
      writeFileSync(python, '');
      const { said } = await insideWith(pythonDirectories(python, {}), run, ['ls', '-A', home]);
      assert.is(said, 'bin\n');
      assert.is((await insideWith(pythonDirectories(python, {}), run, ['ls', join(home, 'bin')])).said, 'python3\n');
    } finally {
      if (before === undefined) delete process.env['HOME'];
      else process.env['HOME'] = before;
    }
  },
);

testUnless(
  missing,
  test,
  'a socket in the file system is not reached, whoever listens there',
  async ({ run, seen }) => {
    const path = join(seen, 'a socket');
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket));
    await once(server.listen(path), 'listening');
    try {
      const ask = (how: string): string =>
        `require('net').connect(${JSON.stringify(path)}).on('connect', () => { console.log('reached${how}'); process.exit(); }).on('error', (error) => console.log(error.code))`;
      const outside = spawn(process.execPath, ['-e', ask('')]);
      assert.is((await text(outside.stdout)).trim(), 'reached');
      assert.is((await inside(run, process.execPath, '-e', ask(''))).said.trim(), 'ECONNREFUSED');
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  },
);

testUnless(missing, test, 'what whoever started us left open is not open in a worker', ({ run, seen }) => {
  const file = join(seen, 'lock');
  writeFileSync(file, '');
  const leaked = openSync(file, 'a');
  const code = `
    import { spawn } from 'node:child_process';
    import { text } from 'node:stream/consumers';
    import { contained } from '#hosting/contain/contain.js';
    import { withOwnStdio } from '#hosting/contain/own-stdio.js';
    const write = ['sh', '-c', 'for fd in /proc/self/fd/*; do [ "$(readlink "$fd")" != "$1" ] || echo "$fd" >&2; done; echo got > /proc/self/fd/200', 'sh', ${JSON.stringify(file)}];
    const command = process.argv[1] === 'bare' ? write : await contained(write, { run: ${JSON.stringify(run)} }, []);
    const start = (stdio) => spawn(command[0], command.slice(1), { cwd: '/', stdio });
    const child = process.argv[1] === 'bare' ? start(['ignore', 'pipe', 'pipe']) : withOwnStdio(['ignore', 'pipe', 'pipe'], start);
    console.log(await text(child.stderr));
  `;
  const flags = ['--import', import.meta.resolve('tsx'), '--conditions=mar-source', '--input-type=module', '-e', code];
  const stdio: ('ignore' | 'pipe' | number)[] = Array(201).fill('ignore');
  stdio.splice(1, 2, 'pipe', 'pipe');
  stdio[200] = leaked;
  const ask = (how: string): string => {
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, how], { cwd: ROOT, stdio, encoding: 'utf8' });
    assert.is(stderr, '');
    return stdout;
  };
  assert.match(ask('bare'), '/proc/self/fd/200');
  assert.is(readFileSync(file, 'utf8'), 'got\n');
  assert.not.match(ask('contained'), '/proc/self/fd/200');
  assert.is(readFileSync(file, 'utf8'), 'got\n');
});

test.run();
