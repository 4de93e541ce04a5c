import { createHash } from 'node:crypto';
import { MarError } from '#errors/mar-error.js';
import { isObject } from '#json-object.js';
import { didYouMean } from '#nearest.js';
import { ACCELERATOR_TYPES, findAccelerator, MAX_ACCELERATORS } from './accelerators.js';

/** An accelerator that the local server plays: it has a size and takes turns, and what is asked of it this machine computes. */
export interface EmulatedAccelerator {
  /** `eia-` and 32 hex digits: the same for the same type at the same place, in every run. */
  readonly id: string;
  /** As attached, counted from 0; behind EI_VISIBLE_DEVICES handlers may know it by another number. */
  readonly ordinal: number;
  /** `eia1.medium` … `eia2.xlarge`. */
  readonly type: string;
  readonly memoryMiB: number;
}

/** The variable in which a worker finds the accelerator whose turns it takes, as JSON. */
const ACCELERATOR_VARIABLE = 'MAR_ACCELERATOR';

/** Reads `eia1.medium,eia2.large`, 1 to 5 types with or without `ml.`. Throws `ERR_ACCELERATOR`. */
export function attachAccelerators(list: string): EmulatedAccelerator[] {
  const names = list.split(',').map((name) => name.trim());
  if (names.length > MAX_ACCELERATORS) {
    throw refusal(`${names.length} accelerators are to be attached; an instance held at most ${MAX_ACCELERATORS}.`);
  }
  return names.map((name, ordinal) => {
    const found = findAccelerator(name);
    if (found) return { id: idOf(found.type, ordinal), ordinal, type: found.type, memoryMiB: found.memoryMiB };
    throw refusal(
      `'${name}' is not an accelerator type${didYouMean(name, ACCELERATOR_TYPES)}.`,
      `The types are ${ACCELERATOR_TYPES.join(', ')}; several are separated by commas.`,
    );
  });
}

function idOf(type: string, ordinal: number): string {
  return `eia-${createHash('sha256').update(`${type} at ${ordinal}`).digest('hex').slice(0, 32)}`;
}

/**
 * The accelerators that a process sees, in its own order: `eia:0` is the first of them. `value` is that of EI_VISIBLE_DEVICES: ordinals or
 * ids, separated by commas; undefined stands for all, an empty text for none. Throws `ERR_ACCELERATOR`.
 */
export function visibleAccelerators(
  attached: readonly EmulatedAccelerator[],
  value: string | undefined,
): readonly EmulatedAccelerator[] {
  if (value === undefined) return attached;
  if (value.trim() === '') return [];
  const visible: EmulatedAccelerator[] = [];
  for (const item of value.split(',').map((text) => text.trim())) {
    if (!/^(\d{1,3}|eia-[0-9a-f]+)$/.test(item)) {
      throw refusal(
        `EI_VISIBLE_DEVICES is '${value}': '${item}' is neither an ordinal nor an id.`,
        'Write ordinals or ids (eia- and hex digits) with commas between them; unset it for all, leave it empty for none.',
      );
    }
    const found = attached.find(({ id, ordinal }) => id === item || String(ordinal) === item);
    const present = attached.map(({ id, ordinal }) => `${ordinal} (${id})`).join(', ');
    if (!found) throw refusal(`EI_VISIBLE_DEVICES names ${item}, which is not attached; there are ${present}.`);
    if (visible.includes(found)) throw refusal(`EI_VISIBLE_DEVICES is '${value}': it names accelerator ${item} twice.`);
    visible.push(found);
  }
  return visible;
}

/** An accelerator as one process sees it: `visibleAs` is the N of `eia:N` there. */
export interface SeenAccelerator {
  readonly accelerator: EmulatedAccelerator;
  readonly visibleAs: number;
}

/** What a worker's environment says of the accelerator whose turns it takes. */
export function acceleratorVariables({ accelerator, visibleAs }: SeenAccelerator): Record<string, string> {
  return { [ACCELERATOR_VARIABLE]: JSON.stringify({ ...accelerator, visibleAs }) };
}

/** Reads that back; undefined where a worker has none. */
export function seenAccelerator(env: Readonly<Record<string, string | undefined>>): SeenAccelerator | undefined {
  const text = env[ACCELERATOR_VARIABLE];
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isObject(value)) return undefined;
  const { id, ordinal, type, memoryMiB, visibleAs } = value;
  const accelerator = { id: String(id), ordinal: Number(ordinal), type: String(type), memoryMiB: Number(memoryMiB) };
  return { accelerator, visibleAs: Number(visibleAs) };
}

function refusal(message: string, hint?: string): MarError {
  return new MarError(message, { code: 'ERR_ACCELERATOR', ...(hint !== undefined && { hint }) });
}
