import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { extract, inspect, predict, test as runTests, validate } from '#index.js';
import type { Server } from '#serve/serve.js';

/** How far an archive gets, the first obstacle named by its code and sentence. */
export interface Verdict {
  /** `archive`: it cannot be read. `manifest`: no server takes it. `worker`: its model does not load. `loaded`: it answers. */
  readonly stage: 'archive' | 'manifest' | 'worker' | 'loaded';
  readonly code?: string;
  /** Without the folder of the archive. */
  readonly sentence?: string;
}

/** What every command says of one archive. */
export interface Verdicts {
  readonly predict: Verdict;
  readonly test: Verdict;
  /** `undefined` where the files can be written. */
  readonly extract: string | undefined;
  /** Codes of errors in the archive, and what it says of the manifest. */
  readonly inspect: { readonly codes: readonly string[]; readonly manifestProblem: string | undefined };
  /** Rules with an error on the target `local`. */
  readonly validate: readonly string[];
  readonly run: { readonly loaded: boolean; readonly told: string };
  /** Of the registration with one worker. */
  readonly serve: { readonly status: number; readonly message: string };
}

/** Runs the archive `name` of the folder `store`, which is the model store of the server, through every command. */
export async function verdictsOf(store: string, name: string, server: Server): Promise<Verdicts> {
  const path = join(store, name);
  const here = (text: string): string => text.replaceAll(`${store}/`, '');
  const target = `${store}-extracted-${name}`;
  try {
    return {
      predict: await verdict(() => predict(path, { bytes: Buffer.from('x') }), here),
      test: await verdict(() => runTests(path), here),
      extract: await codeOf(() => extract(path, target)),
      inspect: await inspected(path, here),
      validate: await errorsOf(path),
      run: await ran(path, here),
      serve: await inTurn(() => registered(server, name, here)),
    };
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

async function verdict(call: () => Promise<unknown>, here: (text: string) => string): Promise<Verdict> {
  try {
    await call();
    return { stage: 'loaded' };
  } catch (error) {
    if (!(error instanceof MarError)) throw error;
    const { code } = error;
    const stage = /^ERR_(WORKER|INTERPRETER|HANDLER|DEVICE)/.test(code) ? 'worker' : 'archive';
    return { stage: code.startsWith('ERR_MANIFEST') ? 'manifest' : stage, code, sentence: here(error.message) };
  }
}

async function codeOf(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof MarError) return error.code;
    throw error;
  }
}

async function inspected(path: string, here: (text: string) => string): Promise<Verdicts['inspect']> {
  try {
    const { problems, manifestProblem } = await inspect(path);
    const codes = problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    return { codes, manifestProblem: manifestProblem === undefined ? undefined : here(manifestProblem) };
  } catch (error) {
    if (error instanceof MarError) return { codes: [error.code], manifestProblem: undefined };
    throw error;
  }
}

async function errorsOf(path: string): Promise<string[]> {
  const { archives, failures } = await validate([path], { target: ['local'] });
  const findings = archives.flatMap((report) => report.findings).filter(({ targets }) => targets.local === 'error');
  return [...new Set([...failures.map(({ code }) => code), ...findings.map(({ rule }) => rule)])];
}

async function ran(path: string, here: (text: string) => string): Promise<Verdicts['run']> {
  const { archives } = await validate([path], { target: ['local'], run: true });
  const told = archives.flatMap(({ findings }) => findings).filter(({ rule }) => rule === 'MAR510');
  return {
    loaded: archives[0]?.run?.loaded ?? false,
    told: here(told.map(({ message, found, frame }) => [message, found, frame].join('\n')).join('\n')),
  };
}

let turn: Promise<unknown> = Promise.resolve();

/** Archives may have one model name: the server has one of them at a time. */
function inTurn<T>(use: () => Promise<T>): Promise<T> {
  const mine = turn.then(use);
  turn = mine.catch(() => {});
  return mine;
}

async function registered(server: Server, name: string, here: (text: string) => string): Promise<Verdicts['serve']> {
  const query = new URLSearchParams({ url: name, initial_workers: '1', synchronous: 'true' });
  const answer = await fetch(`${server.managementUrl}/models?${query}`, { method: 'POST' });
  const message = here(String(Reflect.get((await answer.json()) as object, 'message') ?? ''));
  const models = `${server.managementUrl}/models`;
  const listed = (await (await fetch(models)).json()) as { models: { modelName: string; modelUrl: string }[] };
  for (const { modelName, modelUrl } of listed.models)
    if (modelUrl === name)
      await (await fetch(`${models}/${encodeURIComponent(modelName)}`, { method: 'DELETE' })).arrayBuffer();
  return { status: answer.status, message };
}
