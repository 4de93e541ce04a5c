import { Arena } from './arena.js';
import type { Buffer } from './buffers.js';

/** What running a graph adds to the memory of its process, in bytes. */
export interface RunMemory {
  /** The most that is in use at once, if nothing were kept or cut up. */
  readonly inUse: number;
  /** What several runs make resident: the first takes each buffer from the arena on its own, the others all of them as one block. */
  readonly all: number;
}

/** More buffers than graphs in use have, which use theirs again, are not played through the arena, which takes time that grows with their square. */
const MOST_BUFFERS = 5_000;

/** Plays the buffers of several runs through the arena. */
export function runMemory(buffers: readonly Buffer[]): RunMemory {
  const inUse = mostInUse(buffers);
  if (buffers.length > MOST_BUFFERS) return { inUse, all: 2 * inUse };
  const arena = new Arena();
  play(arena, buffers);
  const block = blockSize(buffers.filter(({ kind }) => kind === 'result'));
  const others = buffers.filter(({ kind }) => kind !== 'result');
  for (let run = 0; run < 2; run++) {
    const piece = arena.allocate(Math.max(1, block));
    play(arena, others);
    arena.free(piece);
  }
  return { inUse, all: arena.resident };
}

function play(arena: Arena, buffers: readonly Buffer[]): void {
  const held = new Map<Buffer, ReturnType<Arena['allocate']>>();
  for (const { buffer, isBegin } of events(buffers)) {
    const piece = held.get(buffer);
    if (isBegin) held.set(buffer, arena.allocate(buffer.bytes));
    else if (piece) arena.free(piece);
  }
}

/** Beginnings and ends in order; what a node needs no more is freed after it has made its results. */
function events(buffers: readonly Buffer[]): { at: number; buffer: Buffer; isBegin: boolean }[] {
  return buffers
    .flatMap((buffer) => [
      { at: buffer.from, buffer, isBegin: true },
      { at: buffer.to, buffer, isBegin: false },
    ])
    .sort((a, b) => a.at - b.at || Number(b.isBegin) - Number(a.isBegin));
}

/** The most bytes that buffers take at once. */
export function mostInUse(buffers: readonly Buffer[]): number {
  let now = 0;
  let most = 0;
  for (const { buffer, isBegin } of events(buffers)) {
    now += isBegin ? buffer.bytes : -buffer.bytes;
    most = Math.max(most, now);
  }
  return most;
}

/** The block into which the planner lays buffers: each into the tightest gap between those that live at the same time. */
function blockSize(buffers: readonly Buffer[]): number {
  const placed = new Map<Buffer, number>();
  let size = 0;
  const alive: Buffer[] = [];
  for (const { buffer, isBegin } of events(buffers)) {
    if (!isBegin) {
      alive.splice(alive.indexOf(buffer), 1);
      continue;
    }
    const offset = tightestGap(buffer.bytes, alive, placed);
    placed.set(buffer, offset);
    size = Math.max(size, offset + buffer.bytes);
    alive.push(buffer);
  }
  return size;
}

function tightestGap(bytes: number, alive: readonly Buffer[], placed: ReadonlyMap<Buffer, number>): number {
  const taken = alive
    .map((buffer) => ({ from: placed.get(buffer) ?? 0, to: (placed.get(buffer) ?? 0) + buffer.bytes }))
    .sort((a, b) => a.from - b.from);
  let end = 0;
  let best: { at: number; waste: number } | undefined;
  for (const { from, to } of taken) {
    const waste = from - end - bytes;
    if (waste >= 0 && (best === undefined || waste < best.waste)) best = { at: end, waste };
    end = Math.max(end, to);
  }
  return best?.at ?? end;
}
