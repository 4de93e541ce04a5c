import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArchiveWriter, WriterSettings } from './archive-writer.js';
import { type PlannedEntry, plannedMode } from './entry-plan.js';
import { hashContent } from './hash-content.js';
import { OutputFile } from './output-file.js';
import type { PackedEntry } from './result.js';

/** Copies entries below an existing directory: the `no-archive` format. */
export class DirectoryWriter implements ArchiveWriter {
  readonly #root: string;
  readonly #settings: WriterSettings;

  constructor(root: string, settings: WriterSettings) {
    this.#root = root;
    this.#settings = settings;
  }

  async add(entry: PlannedEntry): Promise<PackedEntry> {
    const target = join(this.#root, entry.path);
    await mkdir(dirname(target), { recursive: true });
    const handle = await open(target, 'w', plannedMode(entry));
    try {
      const output = new OutputFile(handle);
      const written = await hashContent(entry, this.#settings, (piece) => output.append(piece));
      await output.flush();
      return written;
    } finally {
      await handle.close();
    }
  }

  async finish(): Promise<void> {}

  async close(): Promise<void> {}
}
