import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArchiveWriter, WriterSettings } from '../writing/archive-writer.js';
import type { PackedEntry } from '../writing/packed-entry.js';
import { type PlannedEntry, plannedMode } from '../writing/planned-entry.js';
import { writeFile } from './write-file.js';

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
      return await writeFile(handle, entry, this.#settings);
    } finally {
      await handle.close();
    }
  }

  async finish(): Promise<void> {}

  async close(): Promise<void> {}
}
