import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Bytes by which V8's heap may grow between two collections of everything. */
const ROOM = 64 * 2 ** 20;
/** In per cent of what lives. From here on V8 leaves as much room by itself. */
const LEAST_PERCENT = 300;

/**
 * V8 lets a heap grow by a share of what lives in it, a few megabytes here, and counts request bodies, pictures and tensors against that: each
 * dozen of them would be a collection of everything, a tenth of a worker's processor time. To be called once the model is loaded (to reserve
 * the room with `--initial-old-space-size` makes the start slower) and again now and then, since the share has to fall where a handler's heap grows.
 */
export function collectSeldom(): void {
  const percent = Math.floor((100 * ROOM) / getHeapStatistics().used_heap_size);
  setFlagsFromString(`--heap-growing-percent=${percent < LEAST_PERCENT ? 0 : percent}`);
}
