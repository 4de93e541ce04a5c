import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { MarError } from '#errors/mar-error.js';
import type { Archive } from '../archive.js';
import { digestEntries } from '../digest.js';
import { extractArchive } from '../extract.js';
import { writtenForm } from '../formats.js';
import { openArchive } from '../open.js';
import type { Compressor } from './compression.js';
import type { PlannedEntry } from './planned-entry.js';
import { sourceFile } from './source-file.js';
import { stage, unwritable } from './staging.js';

/** 1980-01-01, where the time of a zip begins: as packing has it. */
const TIME = Date.UTC(1980, 0, 1) / 1000;

/**
 * Puts an entry into an archive, in the place of an earlier one with that path; everything else stays as it is. The archive is written
 * anew beside itself, read back and compared before it takes the place of the old one.
 */
export async function replaceEntry(path: string, entry: string, bytes: Buffer): Promise<void> {
  const archive = await openArchive(path);
  try {
    if (archive.format === 'directory') return await writeInDirectory(path, entry, bytes);
    await rewrite(archive, path, entry, bytes);
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    await archive.close();
  }
}

async function writeInDirectory(directory: string, entry: string, bytes: Buffer): Promise<void> {
  const target = join(directory, entry);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(`${target}.new`, bytes);
  await rename(`${target}.new`, target);
}

async function rewrite(archive: Archive, path: string, entry: string, bytes: Buffer): Promise<void> {
  if (archive.format === 'tgz' && archive.root === '')
    throw new MarError(`${path} is a gzipped tar without a folder, which is not written here.`, {
      code: 'ERR_USAGE',
      hint: 'Let the record lie beside it: --attest=beside.',
    });
  const staged = await stage(path, 'file');
  let temporary: string | undefined;
  try {
    temporary = await mkdtemp(join(tmpdir(), 'mar-rewrite-'));
    const { directory } = await extractArchive(archive, join(temporary, 'content'));
    const kept = archive.entries.filter((one) => one.path !== entry);
    const form = writtenForm(archive.format === 'tgz' ? 'tgz' : 'default');
    const settings = { time: TIME, compressor: asBefore(archive), onBytes: () => {} };
    const writer = await form.open(staged.path, archive.root, settings);
    try {
      for (const { path: name } of kept) {
        const file = join(directory, name);
        await writer.add({ path: name, source: sourceFile({ path: name, file }, await stat(file)) });
      }
      const added: PlannedEntry = { path: entry, bytes, origin: 'the record' };
      await writer.add(added);
      await writer.finish();
    } finally {
      await writer.close();
    }
    const [before, after] = [await digestsOf(archive, entry), await digestsOfFile(staged.path, entry)];
    if (before !== after)
      throw new MarError(`${path} could not be written anew without changing its content.`, {
        code: 'ERR_USAGE',
        hint: 'Let the record lie beside it: --attest=beside.',
      });
    await staged.commit(true);
  } finally {
    await staged.discard();
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}

/** Each entry is stored or deflated as it was, and a new one deflated; a tar is compressed as a whole. */
function asBefore(archive: Archive): Compressor {
  const methodOf = (path: string): 'store' | 'deflate' =>
    archive.format === 'tgz' ? 'store' : (archive.get(path)?.compression ?? 'deflate');
  return {
    pack(path, content) {
      if (methodOf(path) === 'store') return { method: 'store', data: content };
      return { method: 'deflate', data: deflateRawSync(content) };
    },
    choose: (source) => methodOf(source.path),
  };
}

async function digestsOfFile(path: string, without: string): Promise<string> {
  const archive = await openArchive(path);
  try {
    return await digestsOf(archive, without);
  } finally {
    await archive.close();
  }
}

async function digestsOf(archive: Archive, without: string): Promise<string> {
  const lines: string[] = [];
  for await (const { entry, sha256 } of digestEntries(archive))
    if (entry.path !== without) lines.push(`${entry.path} ${sha256}`);
  return lines.sort().join('\n');
}
