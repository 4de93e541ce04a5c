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
  /** Writing into the model directory itself: its own files are there already and are only hashed. */
  readonly #inPlace: boolean;

  constructor(root: string, settings: WriterSettings, inPlace = false) {
    this.#root = root;
    this.#settings = settings;
    this.#inPlace = inPlace;
  }

  async add(entry: PlannedEntry): Promise<PackedEntry> {
    const target = join(this.#root, entry.path);
    if (this.#inPlace && 'source' in entry && entry.source.file === target) {
      return hashContent(entry, this.#settings, async () => {});
    }
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
