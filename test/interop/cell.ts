import { isDeepStrictEqual } from 'node:util';
import { openArchive } from '#archive/open.js';
import { goldenCaseEntries, goldenRequest, parseGoldenCase } from '#testing/read-golden-case.js';
import { runGoldenCases } from '#testing/run-golden-cases.js';
import type { Row } from './rows.js';

/** A server that rows are registered at, one after the other. */
export interface Host {
  /** Loads the archive with one worker; the server's own reason where it does not. */
  register(row: Row): Promise<string | undefined>;
  /** Where the model of that row is asked. */
  url(row: Row): string;
  /** Takes the model away; the status of a prediction afterwards, undefined where nothing answers any more. */
  unregister(row: Row): Promise<number | undefined>;
  /** Batches are made here. */
  readonly batches: boolean;
}

/** What a client saw of an answer. */
export interface Seen {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

/** What one archive did on one server. */
export interface Cell {
  /** The server's own reason, where it did not load the archive. */
  readonly refused?: string;
  /** The answers by step; absent where it was refused. */
  readonly answers?: Readonly<Record<string, Seen>>;
  /** Golden cases that failed, and steps that went wrong by themselves. */
  readonly faults: readonly string[];
}

/** Registers, asks the golden cases, asks one by one, two at once, and what the handler cannot answer, and unregisters. */
export async function fill(host: Host, row: Row): Promise<Cell> {
  const refused = await host.register(row);
  if (refused !== undefined) return { refused, faults: [] };
  const url = host.url(row);
  const golden = await runGoldenCases(row.archive, { url });
  const faults = golden.cases.flatMap(({ path, differences }) => differences.map((text) => `${path}: ${text}`));
  if (golden.cases.length === 0) faults.push('there are no golden cases');
  const answers: Record<string, Seen> = {};
  for (const [name, request] of Object.entries(await requestsOf(row.archive))) {
    answers[name] = await ask(url, request);
    if (host.batches) {
      const two = await Promise.all([ask(url, request), ask(url, request)]);
      for (const one of two) if (!isDeepStrictEqual(one, answers[name])) faults.push(`${name}: differs in a batch`);
    }
  }
  answers['what it cannot answer'] = await ask(url, {
    contentType: row.wrong.contentType,
    body: Buffer.from(row.wrong.body),
  });
  const after = await host.unregister(row);
  if (after !== undefined && after !== 404) faults.push(`unregistered, it answers ${after}`);
  return { answers, faults };
}

interface Request {
  readonly contentType: string;
  readonly body: Buffer;
}

async function requestsOf(path: string): Promise<Record<string, Request>> {
  const archive = await openArchive(path);
  try {
    const found: Record<string, Request> = {};
    for (const entry of goldenCaseEntries(archive)) {
      const { golden } = parseGoldenCase(await archive.bytes(entry));
      if (golden) found[entry.path] = await goldenRequest(archive, golden.request);
    }
    return found;
  } finally {
    await archive.close();
  }
}

async function ask(url: string, { contentType, body }: Request): Promise<Seen> {
  const headers = { 'content-type': contentType };
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, type: response.headers.get('content-type'), body: bytes.toString('latin1') };
}

/**
 * How the answers of a server differ from ours, one sentence each. Types that ours adds where nobody says one do not count: the
 * servers send none then (docs/compatibility.md).
 */
export function differences(found: Cell, ours: Cell): string[] {
  const names = new Set([...Object.keys(found.answers ?? {}), ...Object.keys(ours.answers ?? {})]);
  return [...names].flatMap((name) => {
    const [theirs, own] = [found.answers?.[name], ours.answers?.[name]];
    if (theirs === undefined || own === undefined) return [`${name}: answered by one only`];
    return (['status', 'type', 'body'] as const)
      .filter((field) => !(field === 'type' && theirs.type === null) && !sameField(field, theirs, own))
      .map((field) => `${name}: ${field} is ${JSON.stringify(theirs[field])}, ours ${JSON.stringify(own[field])}`);
  });
}

function sameField(field: 'status' | 'type' | 'body', theirs: Seen, own: Seen): boolean {
  if (theirs[field] === own[field]) return true;
  return field === 'body' && isDeepStrictEqual(parsed(theirs.body), parsed(own.body));
}

/** A body that is JSON as what it means: the servers write it with other spaces. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
