import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Compressor } from './compression.js';
import type { Content } from './content.js';
import type { PlannedEntry } from './planned-entry.js';
import { readSmallFile } from './small-file.js';
import type { SourceFile } from './source-file.js';

/** Puts content into the form in which it is written. */
export function contentOf(path: string, bytes: Buffer, compressor: Compressor): Content {
  const { method, data } = compressor.pack(path, bytes);
  return {
    method,
    data,
    size: bytes.length,
    crc32: crc32(bytes),
    sha256: hash('sha256', bytes),
  };
}

/** The content of an entry that is not large. */
export function plannedContent(entry: PlannedEntry, compressor: Compressor): Content {
  return 'source' in entry ? smallContent(entry.source, compressor) : contentOf(entry.path, entry.bytes, compressor);
}

/** The content of a small file: as it was kept, or read now. */
export function smallContent(source: SourceFile, compressor: Compressor): Content {
  return source.kept ?? contentOf(source.path, readSmallFile(source), compressor);
}
