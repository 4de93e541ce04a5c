import type { ByteSource } from '../pickle/window.js';
import { readFully } from './bytes.js';

/** What the header of an array of numpy says. */
export interface NpyHeader {
  /** Its elements are pickled behind the header. */
  readonly holdsObjects: boolean;
  /** The header is code, not a literal. */
  readonly fault?: string;
}

const LITERAL = /^(?:\s|[{}()[\],:]|'[^'\\\n]*'|"[^"\\\n]*"|[-+]?\d+L?|True|False|None)*$/;

/** Reads an array's header; the source then stands at its content. */
export async function readNpy(source: ByteSource): Promise<NpyHeader> {
  const start = await readFully(source, 8);
  const isLong = (start[6] ?? 1) > 1;
  const size = await readFully(source, isLong ? 4 : 2);
  if (size.length < 2) return { holdsObjects: false };
  const header = (await readFully(source, isLong ? size.readUInt32LE(0) : size.readUInt16LE(0))).toString('latin1');
  const holdsObjects = /['"][|<>=]?O\d*['"]/.test(header);
  if (LITERAL.test(header)) return { holdsObjects };
  return {
    holdsObjects,
    fault: 'has a header that is not a literal of Python: readers that evaluate it run code',
  };
}
