import { isUtf8 } from 'node:buffer';
import { JsonDocument } from './json-document.js';
import type { ManifestPlace } from './locate.js';

/** The manifest file as it stands in the archive, JSON or not. */
export interface ManifestText {
  /** Its path: `MAR-INF/MANIFEST.json`, or where Multi Model Server 0.4 had it. */
  readonly entry: string;
  /** A manifest of Multi Model Server 0.4, with other names for its fields. */
  readonly legacy: boolean;
  /** The folder of the archive that holds the model; empty for the archive itself. */
  readonly modelDir: string;
  /** False when the bytes are not UTF-8. */
  readonly utf8: boolean;
  readonly byteOrderMark: boolean;
  /** The text without the byte order mark. */
  readonly json: JsonDocument;
}

/** The bytes of a manifest as text. */
export function manifestText(bytes: Buffer, { path, legacy, modelDir }: ManifestPlace): ManifestText {
  const byteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return {
    entry: path,
    legacy,
    modelDir,
    utf8: isUtf8(bytes),
    byteOrderMark,
    json: new JsonDocument(bytes.subarray(byteOrderMark ? 3 : 0).toString('utf8')),
  };
}
