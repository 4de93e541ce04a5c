import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { writeModel } from '../support/runner.js';
import { serveLocal } from '../support/served.js';
import { testUnless } from '../support/test-unless.js';

/** Handlers that start a program, and a daemon that leaves their session; they answer all pids, their own first. */
const STARTS: Readonly<Record<string, string>> = {
  m: `import { spawn } from 'node:child_process';
    const start = (detached) => spawn('sleep', ['300'], { detached, stdio: 'ignore' }).pid;
    const pids = [process.pid, start(false), start(true)];
    export const handle = (batch) => batch.map(() => pids);`,
  'm.py': `import os, time
def start(session):
    pid = os.fork()
    if pid == 0:
        if session:
            os.setsid()
        time.sleep(300)
        os._exit(0)
    return pid
pids = [os.getpid(), start(False), start(True)]
def handle(data, context):
    return data and [pids] * len(data)
`,
};

/** Gone, or a zombie that nobody reaps. */
function isGone(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

for (const name of Object.keys(STARTS)) {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const missing = name === 'm' ? undefined : missingCommand('python3');
    const title = `${name === 'm' ? 'Node' : 'Python'}: nothing that a handler started is left after ${signal}, whatever state it is in`;
    testUnless(missing, test, title, async () => {
      const root = await mkdtemp(join(tmpdir(), 'mar-orphans-'));
      try {
        await writeModel(root, name, STARTS[name] ?? '');
        const served = await serveLocal([join(root, 'm'), '--workers', '1']);
        const answer = await fetch(`${served.inference}/predictions/m`, { method: 'POST' });
        const pids = (await answer.json()) as number[];
        assert.equal(pids.map(isGone), [false, false, false]);
        // What is stopped notices nothing by itself.
        if (signal === 'SIGKILL') for (const pid of pids) process.kill(pid, 'SIGSTOP');
        const exited = once(served.process, 'exit');
        served.process.kill(signal);
        await exited;
        while (!pids.every(isGone)) await new Promise((resolve) => setTimeout(resolve, 10));
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    });
  }
}

test.run();
