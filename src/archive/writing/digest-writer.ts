import type { ArchiveWriter, WriterSettings } from './archive-writer.js';
import { hashContent } from './hash-content.js';
import type { PackedEntry } from './packed-entry.js';
import type { PlannedEntry } from './planned-entry.js';

/** Reads and hashes like the others and writes nothing: a dry run. */
export class DigestWriter implements ArchiveWriter {
  readonly #settings: WriterSettings;

  constructor(settings: WriterSettings) {
    this.#settings = settings;
  }

  add(entry: PlannedEntry): Promise<PackedEntry> {
    return hashContent(entry, this.#settings, () => undefined);
  }

  async finish(): Promise<void> {}

  async close(): Promise<void> {}
}
