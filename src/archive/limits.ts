/** What an archive may claim and hold before it is refused. All are checked before a byte is written. */
export interface ReadLimits {
  /** Entries, folders included. */
  readonly entries: number;
  /** Uncompressed bytes of all entries together. */
  readonly totalBytes: number;
  /** Uncompressed size over compressed size, for anything that unpacks to more than `ratioFloor` bytes. */
  readonly ratio: number;
  readonly ratioFloor: number;
  /** Bytes of a zip's central directory, which is held in memory. */
  readonly directoryBytes: number;
}

/** Room for every honest model: 100,000 entries, 256 GiB unpacked, 250 to 1 beyond 32 MiB, a 16 MiB directory. */
export const DEFAULT_LIMITS: ReadLimits = Object.freeze({
  entries: 100_000,
  totalBytes: 256 * 2 ** 30,
  ratio: 250,
  ratioFloor: 32 * 2 ** 20,
  directoryBytes: 16 * 2 ** 20,
});

/** The defaults with some limits replaced. */
export function withDefaults(limits: Partial<ReadLimits> = {}): ReadLimits {
  return { ...DEFAULT_LIMITS, ...limits };
}

/** Whether one entry that unpacks to `size` bytes from `compressedSize` is more than anything but a bomb does. */
export function isBomb(limits: ReadLimits, size: number, compressedSize: number): boolean {
  return size > limits.ratioFloor && size > limits.ratio * compressedSize;
}

/** Bytes to which all entries of an archive file of so many bytes may unpack together; more is a bomb made of many entries. */
export function plausibleTotal(limits: ReadLimits, fileBytes: number): number {
  return limits.ratioFloor + limits.ratio * fileBytes;
}
