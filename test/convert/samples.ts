import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Conversion, type ConvertOptions, convert, type PackOptions, pack } from '#index.js';
import { layFolder } from '../support/model-folder.js';

/** Files by path; a handler and the like. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** A Python handler that doubles a number, with its golden case. */
export const PYTHON: Files = {
  'service.py': [
    'import json',
    '',
    '',
    'def handle(data, context):',
    '    if data is None:',
    '        return None',
    "    bodies = [row.get('body', row.get('data')) for row in data]",
    '    texts = [bytes(body).decode() if isinstance(body, (bytes, bytearray)) else str(body) for body in bodies]',
    '    return [{"twice": 2 * int(text)} for text in texts]',
    '',
  ].join('\n'),
  'MAR-INF/tests/seven.json': JSON.stringify({
    request: { text: '7' },
    expect: { json: { twice: 14 } },
  }),
};

/** The same for Node. */
export const NODE: Files = {
  'service.js': [
    'export const handle = (batch) =>',
    '  batch.map(({ body, data }) => {',
    '    const text = String(body ?? data);',
    '    if (!/^\\d+$/.test(text)) throw new Error("not a number");',
    '    return { twice: 2 * Number(text) };',
    '  });',
    '',
  ].join('\n'),
  'MAR-INF/tests/seven.json': PYTHON['MAR-INF/tests/seven.json'] ?? '',
};

/** A folder with an archive in it, which goes after the test. */
export interface Packed {
  readonly folder: string;
  readonly archive: string;
  /** Converts it to `out` in the folder. */
  to(options: ConvertOptions): Promise<Conversion>;
}

/** Packs files and hands over the archive. */
export async function withArchive(
  files: Files,
  options: Omit<PackOptions, 'modelPath' | 'exportPath'>,
  use: (packed: Packed) => Promise<void>,
): Promise<void> {
  const source = layFolder(files);
  const folder = mkdtempSync(join(tmpdir(), 'mar-converted-'));
  try {
    const { target } = await pack({ modelPath: source.path, exportPath: folder, ...options });
    await use({ folder, archive: target, to: (wanted) => convert(target, wanted) });
  } finally {
    source.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The remarks of a list as lines. */
export function lines(remarks: readonly { readonly what: string; readonly how: string }[]): string[] {
  return remarks.map(({ what, how }) => `${what}: ${how}`);
}
