import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArchiveWriter, WriterSettings } from '../writing/archive-writer.js';
import { hashContent } from '../writing/hash-content.js';
import type { PackedEntry } from '../writing/packed-entry.js';
import { type PlannedEntry, plannedMode } from '../writing/planned-entry.js';
import { type Staging, stage } from '../writing/staging.js';
import { writeFile } from './write-file.js';

/**
 * Turns a model directory into its own `no-archive` export: its files stay as they are and are only hashed, what the
 * packer makes is staged beside them and put in place at the end, the manifest last.
 */
export class InPlaceWriter implements ArchiveWriter {
  readonly #root: string;
  readonly #settings: WriterSettings;
  readonly #staged: { readonly target: string; readonly staging: Staging }[] = [];

  constructor(root: string, settings: WriterSettings) {
    this.#root = root;
    this.#settings = settings;
  }

  async add(entry: PlannedEntry): Promise<PackedEntry> {
    const target = join(this.#root, entry.path);
    if ('source' in entry && entry.source.file === target) return hashContent(entry, this.#settings, () => undefined);
    const staging = await stage(target, 'file', this.#root);
    this.#staged.push({ target, staging });
    const handle = await open(staging.path, 'r+');
    try {
      await handle.chmod(plannedMode(entry));
      return await writeFile(handle, entry, this.#settings);
    } finally {
      await handle.close();
    }
  }

  async finish(): Promise<void> {
    for (const { target, staging } of this.#staged) {
      await mkdir(dirname(target), { recursive: true });
      await staging.commit(true);
    }
  }

  async close(): Promise<void> {
    for (const { staging } of this.#staged) await staging.discard();
  }
}
