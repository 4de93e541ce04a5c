/** An entry as it was written. */
export interface PackedEntry {
  readonly path: string;
  /** Bytes of content. */
  readonly size: number;
  /** Bytes in the archive; equals `size` where entries are not compressed one by one (tgz, directory). */
  readonly compressedSize: number;
  readonly compression: 'store' | 'deflate';
  readonly sha256: string;
}
