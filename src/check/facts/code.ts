import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import type { Remark } from '#handler/review/remark.js';
import { BRIDGE } from '#manifest/bridge.js';
import { ownFile } from '#own-files.js';

/** What a reviewer must see in one file of source. */
export interface ReviewedCode {
  readonly entry: string;
  readonly remarks: readonly Remark[];
}

/** What there is to say of an archive's source, and what was too much to be looked at. */
export interface Review {
  readonly files: readonly ReviewedCode[];
  readonly unseen: readonly string[];
}

const SOURCE = /\.(py|pyw|js|mjs|cjs)$/i;
/** A file of more is data or a bundle of packages; all together take a second. */
const LARGEST = 1024 * 1024;
const MOST = 16 * 1024 * 1024;

/** Reads the Python and JavaScript source of an archive, the handler and everything else. */
export async function reviewCode(archive: Archive, signal?: AbortSignal): Promise<Review> {
  const files: ReviewedCode[] = [];
  const unseen: string[] = [];
  let total = 0;
  for (const entry of archive.entries) {
    if (!SOURCE.test(entry.path)) continue;
    signal?.throwIfAborted();
    total += entry.size;
    if (entry.size > LARGEST || total > MOST) {
      unseen.push(entry.path);
      continue;
    }
    const remarks = await remarksOn(archive, entry);
    if (remarks.length > 0) files.push({ entry: entry.path, remarks });
  }
  return { files, unseen };
}

async function remarksOn(archive: Archive, entry: ArchiveEntry): Promise<Remark[]> {
  const bytes = await archive.bytes(entry, LARGEST);
  if (isOurs(entry.path, bytes)) return [];
  const text = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n');
  if (/\.pyw?$/i.test(entry.path)) return (await import('#handler/review/review-python.js')).reviewPython(text);
  return (await import('#handler/review/review-script.js')).reviewScript(text);
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
