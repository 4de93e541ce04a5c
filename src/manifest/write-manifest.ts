import type { JsonObject } from '#json-object.js';
import type { Manifest } from './manifest.js';

/**
 * A manifest as the servers write it: two spaces of indent, everything beyond ASCII escaped, no newline at the end.
 * The same manifest always gives the same bytes.
 */
export function writeManifest(manifest: Manifest | JsonObject): Buffer {
  const text = JSON.stringify(manifest, undefined, 2);
  const bytes = Buffer.from(text);
  if (bytes.length === text.length) return bytes;
  return Buffer.from(
    text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
