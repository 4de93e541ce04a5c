import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { missingCommand } from './commands.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const found = NAMES.find((name) => missingCommand(name) === undefined);

/** For `testUnless`: why no page can be opened here. */
export const missingChromium = found === undefined ? 'Chromium is not installed' : undefined;

/** A browser with one page. */
export interface Browser {
  /** Opens an address and waits until the page and everything that its scripts do at once is there; its text. */
  open(url: string): Promise<string>;
}

/** What the browser says over its debugging pipe: answers to numbered calls, and events. */
interface Said {
  readonly id?: number;
  readonly method?: string;
  readonly error?: { readonly message: string };
  readonly result?: { readonly targetId?: string; readonly sessionId?: string; readonly result?: { value?: unknown } };
}

/** Uses a headless Chromium with a profile of its own, and ends it. */
export async function withChromium(use: (browser: Browser) => Promise<void>): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'mar-chromium-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const child: ChildProcess = spawn(
    found ?? '',
    [...flags, '--disable-background-networking', '--remote-debugging-pipe', `--user-data-dir=${profile}`],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  try {
    await use(await pageOf(child));
  } finally {
    const exited = once(child, 'exit');
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await exited;
    }
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function pageOf(child: ChildProcess): Promise<Browser> {
  const pipe = { in: child.stdio[3] as Writable, out: child.stdio[4] as Readable };
  const hearers = new Set<(said: Said) => void>();
  let rest = '';
  pipe.out.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) for (const hear of [...hearers]) hear(JSON.parse(message));
  });
  const heard = (isIt: (said: Said) => boolean): Promise<Said> =>
    new Promise((resolve, reject) => {
      child.once('exit', () => reject(new Error('Chromium has ended')));
      const hear = (said: Said): void => {
        if (!isIt(said)) return;
        hearers.delete(hear);
        if (said.error) reject(new Error(said.error.message));
        else resolve(said);
      };
      hearers.add(hear);
    });
  let calls = 0;
  let sessionId: string | undefined;
  const call = async (method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Said['result']> => {
    calls += 1;
    const id = calls;
    const answer = heard((said) => said.id === id);
    pipe.in.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return (await answer).result;
  };
  const page = await call('Target.createTarget', { url: 'about:blank' });
  const attached = await call('Target.attachToTarget', { targetId: page?.targetId, flatten: true });
  sessionId = attached?.sessionId;
  await call('Page.enable');
  return {
    open: async (url) => {
      const loaded = heard(({ method }) => method === 'Page.loadEventFired');
      await call('Page.navigate', { url });
      await loaded;
      const text = await call('Runtime.evaluate', { expression: 'document.documentElement.innerText' });
      return String(text?.result?.value);
    },
  };
}
