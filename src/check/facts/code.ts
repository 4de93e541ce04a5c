import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import type { Remark } from '#handler/review/remark.js';
import { BRIDGE } from '#manifest/bridge.js';
import { ownFile } from '#own-files.js';
import { type PackageNote, PackedPackages } from './packages/packages.js';
import { directRequirements, PACKAGE_METADATA, type RequirementsText } from './packed-requirements.js';
import { LARGEST_SOURCE, type Review, SOURCE, SourceReview } from './source-review.js';

const PIECE = 1024 * 1024;

/** Reads the Python and JavaScript source of an archive, the handler and everything else. */
export async function reviewCode(archive: Archive, signal?: AbortSignal): Promise<Review> {
  const review = new SourceReview();
  for (const entry of archive.entries) {
    const isPackage = /(^|\/)package\.json$/.test(entry.path) && entry.size <= PIECE;
    if (!isPackage && !SOURCE.test(entry.path)) {
      review.beside(entry.path);
      continue;
    }
    signal?.throwIfAborted();
    if (isPackage) {
      await review.addPackage(entry.path, await archive.bytes(entry, PIECE));
      continue;
    }
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
  readonly #packages = new PackedPackages();

  /** `path` is the way from the archive: `dep.whl!dep/__init__.py`. */
  async take(path: string, bytes: Buffer): Promise<void> {
    this.#packages.take(path, bytes, bytes.length <= LARGEST_SOURCE);
    if (PACKAGE_METADATA.test(path)) {
      const wanted = directRequirements(path, bytes);
      if (wanted !== undefined) this.#wanted.push(wanted);
    }
    const source = /\.pth$/i.test(path) ? linesThatRun(bytes) : isPython(path, bytes) ? bytes : undefined;
    if (source !== undefined && this.#review.has(path, source.length)) await this.#review.add(path, source);
  }

  /** Says that all of a file was taken, and what it holds. */
  close(members: readonly string[]): void {
    this.#packages.close(members);
  }

  /** What is wrong with the packages, beside what their source does; also with those that lie unpacked in the archive. */
  async packages(archive: Archive): Promise<readonly PackageNote[]> {
    for (const entry of archive.entries) {
      if (!UNPACKED_ENTRY_POINTS.test(entry.path) || entry.size > LARGEST_SOURCE) continue;
      this.#packages.entryPoints(entry.path, (await archive.bytes(entry, LARGEST_SOURCE)).toString('latin1'));
    }
    this.#packages.close([]);
    return this.#packages.notes;
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

const UNPACKED_ENTRY_POINTS = /(^|\/)(entry_points\.txt|setup\.cfg|setup\.py|pyproject\.toml)$/i;

/** By its name, or as a script by its first line. */
const isPython = (path: string, bytes: Buffer): boolean =>
  /\.pyw?$/i.test(path) || /^#!.{0,200}python/.test(bytes.toString('latin1', 0, 256));

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
