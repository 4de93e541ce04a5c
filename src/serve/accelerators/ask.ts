import process from 'node:process';
import { attachAccelerators, visibleAccelerators } from '#device/emulated.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import { isObject } from '#json-object.js';
import { Accelerators } from './accelerators.js';
import type { AcceleratorDescription } from './description.js';

/** Which accelerators are meant. */
export interface AskOptions {
  /** Those that `mar serve-local --accelerators` would attach for this list, without a server; else those of the server at `url`. */
  readonly accelerators?: string;
  /** The management API of a running server; default `http://127.0.0.1:8081`. */
  readonly url?: string;
  /** Its token, where it wants one. */
  readonly token?: string;
  /** For EI_VISIBLE_DEVICES where `accelerators` is given; default the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** The emulated accelerators in order of their ordinals. Throws `ERR_ACCELERATOR`, `ERR_SERVER`. */
export async function askAccelerators(options: AskOptions = {}): Promise<readonly AcceleratorDescription[]> {
  const { accelerators, url = 'http://127.0.0.1:8081', token, env = process.env, signal } = options;
  if (accelerators !== undefined) {
    const attached = attachAccelerators(accelerators);
    const visible = visibleAccelerators(attached, env['EI_VISIBLE_DEVICES']);
    return new Accelerators({ attached, visible, concurrency: 1 }).describeAll();
  }
  return askServer(`${url.replace(/\/+$/, '')}/accelerators`, token, signal);
}

async function askServer(
  url: string,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly AcceleratorDescription[]> {
  let response: Response;
  let value: unknown;
  try {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    response = await fetch(url, { headers, ...(signal && { signal }) });
    value = await response.json();
  } catch (cause) {
    const reason = messageOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause);
    throw new MarError(`${url} does not answer as the management API of mar serve-local does: ${reason}.`, {
      ...{ code: 'ERR_SERVER', cause },
      hint: 'Name the management API of a running server with --url, or types with --accelerators.',
    });
  }
  const set = isObject(value) ? value['acceleratorSet'] : undefined;
  if (response.ok && Array.isArray(set) && set.every(isDescription)) return set;
  if (response.status === 401) {
    throw new MarError(`${url} wants a token.`, {
      code: 'ERR_SERVER',
      hint: 'Give the key of management in key_file.json with --token.',
    });
  }
  throw new MarError(`The server at ${url} emulates no accelerators (it answers ${response.status}).`, {
    code: 'ERR_SERVER',
    hint: 'Start it with mar serve-local --accelerators TYPES, and ask its management API, not that of inference.',
  });
}

/** What a report reads of it. */
function isDescription(value: unknown): value is AcceleratorDescription {
  if (!isObject(value)) return false;
  const { acceleratorHealth: health, acceleratorType: type, acceleratorId: id, emulation } = value;
  if (!isObject(health) || !isObject(emulation) || typeof type !== 'string' || typeof id !== 'string') return false;
  const { ordinal, memory, calls, models } = emulation;
  if (typeof ordinal !== 'number' || !isObject(memory) || !isObject(calls) || !Array.isArray(models)) return false;
  return isObject(calls['queueTimeMs']) && isObject(calls['runTimeMs']);
}
