import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import type { Remark } from '#handler/review/remark.js';
import { BRIDGE } from '#manifest/bridge.js';
import { ownFile } from '#own-files.js';
import { directRequirements, PACKAGE_METADATA, type RequirementsText } from './packed-requirements.js';
import { LARGEST_SOURCE, type Review, SOURCE, SourceReview } from './source-review.js';

const PIECE = 1024 * 1024;

/** Reads the Python and JavaScript source of an archive, the handler and everything else. */
export async function reviewCode(archive: Archive, signal?: AbortSignal): Promise<Review> {
  const review = new SourceReview();
  for (const entry of archive.entries) {
    if (!SOURCE.test(entry.path)) continue;
    signal?.throwIfAborted();
    if (!review.has(entry.path, entry.size)) continue;
    const bytes = await archive.bytes(entry, LARGEST_SOURCE);
    if (!isOurs(entry.path, bytes)) await review.add(entry.path, bytes);
  }
  return review.result();
}

/**
 * Collects the Python source of packages in an archive, which runs when the server installs or imports them. What libraries do honestly
 * is for a reviewer to see there, and no attack.
 */
export class PackedReview {
  readonly #review = new SourceReview();
  readonly #wanted: RequirementsText[] = [];

  /** `path` is the way from the archive: `dep.whl!dep/__init__.py`. */
  async take(path: string, bytes: Buffer): Promise<void> {
    if (PACKAGE_METADATA.test(path)) {
      const wanted = directRequirements(path, bytes);
      if (wanted !== undefined) this.#wanted.push(wanted);
      if (!/\.py$/.test(path)) return;
    }
    const source = /\.pth$/i.test(path) ? linesThatRun(bytes) : bytes;
    if (source !== undefined && this.#review.has(path, source.length)) await this.#review.add(path, source);
  }

  /** What the packages want from addresses. */
  get requirements(): readonly RequirementsText[] {
    return this.#wanted;
  }

  async result(): Promise<Review> {
    const { files, unseen } = await this.#review.result();
    const lenient = (remark: Remark): Remark =>
      remark.kind === 'shell' || /^(native|remote)$/.test(remark.kind) || remark.isCommon === true
        ? { ...remark, kind: 'review' }
        : remark;
    return { files: files.map(({ entry, remarks }) => ({ entry, remarks: remarks.map(lenient) })), unseen };
  }
}

/** Of a text of paths the lines that Python runs, in their places; weights of PyTorch have the same ending, and none. */
function linesThatRun(bytes: Buffer): Buffer | undefined {
  const text = bytes.toString('latin1');
  if (bytes.includes(0) || !/^import[ \t]/m.test(text)) return undefined;
  return Buffer.from(text.replace(/^(?!import[ \t]).*$/gm, ''), 'latin1');
}

/** Whether a large file is one of the bridge's, and the same: read in pieces. */
export async function isOursInPieces(archive: Archive, entry: ArchiveEntry): Promise<boolean> {
  for (const file of originals(entry.path)) {
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (size !== entry.size) continue;
    const handle = await open(file);
    const reader = await archive.reader(entry);
    try {
      let isSame = true;
      for (let left = size; left > 0 && isSame; left -= PIECE) {
        const ours = Buffer.alloc(Math.min(PIECE, left));
        await handle.read(ours);
        isSame = ours.equals(await reader.read(ours.length));
      }
      if (isSame) return true;
    } finally {
      await reader.close();
      await handle.close();
    }
  }
  return false;
}

/** A file of the bridge, byte for byte as this version packs it, says nothing about the archive's author. */
function isOurs(path: string, bytes: Buffer): boolean {
  return originals(path).some((file) => {
    try {
      return bytes.equals(readFileSync(file));
    } catch {
      return false;
    }
  });
}

/** Where a file of the bridge came from, if it is one: our own folder, or a package that is installed here. */
function originals(path: string): string[] {
  if (path.startsWith('mar_bridge/')) return [ownFile(join('dist/bridge', path))];
  if (!path.startsWith(`${BRIDGE.folder}/`)) return [];
  const way = path.slice(BRIDGE.folder.length + 1);
  if (!way.startsWith('node_modules/')) return [ownFile(join('dist/bridge/worker', way))];
  const places = createRequire(ownFile('package.json')).resolve.paths('any') ?? [];
  const inPackage = way.slice('node_modules/'.length);
  return places.flatMap((place) => [join(place, inPackage), join(place, 'sharp', 'node_modules', inPackage)]);
}
