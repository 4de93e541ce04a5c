import type { ArchiveWriter, WriterSettings } from './archive-writer.js';
import type { PlannedEntry } from './entry-plan.js';
import { hashContent } from './hash-content.js';
import type { PackedEntry } from './result.js';

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
