import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type ArchiveReport,
  inspect,
  MarError,
  predict,
  type Server,
  type Severity,
  type Target,
  test,
  validate,
} from '#index.js';

/** The body of a request as expected.json writes it; `file` lies beside the archive. */
export type RecordedInput =
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly file: string };

/** An answer that can be written as JSON, numbers to five digits; a refusal is its code or status alone, because its words may be bettered. */
export type RecordedAnswer =
  | { readonly error: string | number }
  | { readonly status: number; readonly contentType: string; readonly body: unknown };

/** Everything that an archive must do alike for ever. */
export interface Observation {
  readonly manifest: unknown;
  /** Rule ids with the place of each finding, by target and severity. */
  readonly validated: Readonly<Record<Target, { readonly passed: boolean } & Readonly<Record<Severity, string[]>>>>;
  /** Whether each golden case passes; the error's code where the model does not load. */
  readonly golden: Readonly<Record<string, boolean>> | string;
  readonly predicted?: RecordedAnswer;
  readonly served?: { readonly registered: number; readonly description?: unknown; readonly answer?: RecordedAnswer };
}

const TARGETS: readonly Target[] = ['local', 'mms', 'torchserve', 'sagemaker'];

/** Reads and tests one archive; with a server, whose model store it lies in, also asks and serves it. */
export async function observeArchive(
  path: string,
  input: RecordedInput,
  server?: Server,
): Promise<Omit<Observation, 'validated'>> {
  const { manifest, entries } = await inspect(path);
  const hasCases = entries.some((entry) => /^MAR-INF\/tests\/[^/]*\.json$/.test(entry.path));
  return {
    manifest,
    golden: hasCases ? await golden(path) : {},
    ...(server && (await asked(path, await readInput(input, dirname(path)), server))),
  };
}

async function asked(path: string, request: Request, server: Server): Promise<Partial<Observation>> {
  return { predicted: await predicted(path, request), served: await served(basename(path), request, server) };
}

interface Request {
  readonly bytes: Buffer;
  readonly contentType: string;
}

async function readInput(input: RecordedInput, directory: string): Promise<Request> {
  if ('json' in input) return { bytes: Buffer.from(JSON.stringify(input.json)), contentType: 'application/json' };
  if ('text' in input) return { bytes: Buffer.from(input.text), contentType: 'text/plain' };
  if ('file' in input) return { bytes: await readFile(join(directory, input.file)), contentType: 'image/png' };
  return { bytes: Buffer.from(input.base64, 'base64'), contentType: 'application/octet-stream' };
}

/** Validates archives on every target, all in one call: that starts one analyst of scripts. */
export async function observeVerdicts(paths: readonly string[]): Promise<Map<string, Observation['validated']>> {
  const { archives, failures } = await validate(paths, { target: TARGETS });
  if (failures.length > 0) throw new Error(`not validated: ${JSON.stringify(failures)}`);
  return new Map(archives.map((report) => [report.path, verdicts(report)]));
}

function verdicts({ path, findings, verdicts }: ArchiveReport): Observation['validated'] {
  const on = (target: Target) => {
    const places = (severity: Severity): string[] =>
      findings
        .filter((finding) => finding.targets[target] === severity)
        .map(({ rule, at }) => [rule, at?.entry, at?.pointer].filter((part) => part !== undefined).join(' '))
        .sort();
    const verdict = verdicts.find((one) => one.target === target);
    if (!verdict) throw new Error(`${path} has no verdict for ${target}`);
    return { passed: verdict.passed, error: places('error'), warning: places('warning'), note: places('note') };
  };
  return { local: on('local'), mms: on('mms'), torchserve: on('torchserve'), sagemaker: on('sagemaker') };
}

async function golden(path: string): Promise<Observation['golden']> {
  try {
    const { cases } = await test(path);
    return Object.fromEntries(cases.map((one) => [one.path, one.passed]));
  } catch (error) {
    if (error instanceof MarError) return error.code;
    throw error;
  }
}

async function predicted(path: string, request: Request): Promise<RecordedAnswer> {
  try {
    const { status, contentType, body } = await predict(path, request);
    return { status, contentType, body: readable(body) };
  } catch (error) {
    if (error instanceof MarError) return { error: error.code };
    throw error;
  }
}

async function served(file: string, request: Request, server: Server): Promise<NonNullable<Observation['served']>> {
  const models = `${server.managementUrl}/models`;
  const url = encodeURIComponent(file);
  const query = `url=${url}&model_name=served&initial_workers=1&synchronous=true`;
  const registered = await fetch(`${models}?${query}`, { method: 'POST' });
  await registered.arrayBuffer();
  if (!registered.ok) return { registered: registered.status };
  const { workers: _, ...description } = JSON.parse(await (await fetch(`${models}/served`)).text());
  // A machine with this GPU runs the model there.
  if (description.device?.model?.startsWith('gpu'))
    description.device.running = description.device.executionProviders = 'by machine';
  const answered = await fetch(`${server.inferenceUrl}/predictions/served`, {
    method: 'POST',
    body: new Uint8Array(request.bytes),
    headers: { 'content-type': request.contentType },
  });
  const body = Buffer.from(await answered.arrayBuffer());
  const contentType = answered.headers.get('content-type') ?? '';
  await (await fetch(`${models}/served`, { method: 'DELETE' })).arrayBuffer();
  const answer = { status: answered.status, contentType, body: readable(body) };
  return { registered: registered.status, description, answer };
}

/** JSON where it is JSON, text where it is text, else base64. */
function readable(body: Buffer): unknown {
  const text = body.toString('utf8');
  if (!Buffer.from(text).equals(body)) return body.toString('base64');
  try {
    return JSON.parse(text, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value));
  } catch {
    return text;
  }
}
