/** How far packing has come; sent after every file and every few megabytes. */
export interface PackProgress {
  readonly path: string;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly entries: number;
  readonly totalEntries: number;
}
