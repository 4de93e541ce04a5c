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
