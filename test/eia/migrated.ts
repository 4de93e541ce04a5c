import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract, migrateEia } from '#index.js';
import { forgeZip } from '../hostile/forge-zip.js';

type Fields = Readonly<Record<string, unknown>>;
type Target = 'cpu' | 'gpu' | 'inferentia';

/** What a manifest says of an accelerator of which it has need. */
export const EIA = {
  acceleratorType: 'eia1.medium',
  count: 1,
  ordinals: [0],
  api: 'mx-context',
  contexts: { model: 'eia:0', data: 'cpu' },
  required: true,
  fallback: 'fail',
};
/** A handler that binds its model to an accelerator, and says so in a comment and in a text, too. */
export const HANDLER = [
  'import mxnet as mx',
  '',
  '# bound to mx.eia() since 2019',
  'def load(symbol):',
  "    return symbol.bind(ctx=mx.eia(), for_training=False), 'mx.eia()'",
  '',
  'def handle(data, context):',
  '    return data',
  '',
].join('\n');

/** The record of an entry with this text. */
export const digest = (text: string) => ({
  size: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
});

/** A .mar with a Python handler; `extensions` over an accelerator and the digest of the handler. */
export function archive(
  handler: string,
  extensions?: Fields,
  files: Readonly<Record<string, string | Buffer>> = {},
): Buffer {
  const archiver = { version: '2.0.0', entries: { 'service.py': digest(handler), 'other.txt': digest('kept') } };
  const model = {
    modelName: 'm',
    modelVersion: '1.0',
    handler: 'service:handle',
    extensions: extensions ?? { eia: EIA, modelArchiver: archiver, theirs: { kept: true } },
  };
  return forgeZip([
    { name: 'service.py', data: handler },
    { name: 'other.txt', data: 'kept' },
    ...Object.entries(files).map(([name, data]) => ({ name, data })),
    { name: 'MAR-INF/MANIFEST.json', data: JSON.stringify({ runtime: 'python', model }) },
  ]);
}

/** Migrates an archive; its text and what the manifest says afterwards. */
export async function migrated(folder: string, bytes: Buffer, to: Target) {
  const path = join(folder, 'm.mar');
  writeFileSync(path, bytes);
  const migration = await migrateEia(path, { to, force: true });
  const content = join(folder, `content-${to}`);
  await extract(migration.output, content, { force: true });
  const text = (name: string): string => readFileSync(join(content, name), 'utf8');
  const { extensions = {} }: { extensions?: Record<string, Record<string, unknown>> } = JSON.parse(
    text('MAR-INF/MANIFEST.json'),
  ).model;
  return { migration, text, extensions };
}
