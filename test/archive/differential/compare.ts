import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { scanArchive } from '#archive/open.js';
import { mutated, sequence } from './mutate.js';

const run = promisify(execFile);
const options = { maxBuffer: 2 ** 30 };
const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Entries by path, each with the digest of its content, in no order. */
export type Content = Readonly<Record<string, string>>;
/** What a reader finds in archives, by their name: entries, or why it finds none. */
export type Read = ReadonlyMap<string, Content | string>;
/** The archives with which nothing is wrong to us. */
export type Sound = ReadonlyMap<string, Content>;

/** Our content of an archive with which nothing is wrong; undefined where anything is reported. */
async function soundContent(path: string): Promise<Content | undefined> {
  const { archive, problems } = await scanArchive(path);
  try {
    if (!archive || problems.length > 0) return undefined;
    const content: Record<string, string> = {};
    for (const entry of archive.entries) {
      try {
        content[entry.path] = createHash('sha256')
          .update(await archive.bytes(entry))
          .digest('hex');
      } catch {
        // Damaged content is a finding of the validator, which reads everything.
        return undefined;
      }
    }
    return content;
  } finally {
    await archive?.close();
  }
}

/** Makes `count` mutated archives; those with which nothing is wrong to us lie in `root`/sound afterwards. */
export async function soundOnes(root: string, seed: number, count: number): Promise<Sound> {
  const folder = join(root, 'sound');
  mkdirSync(folder);
  const next = sequence(seed);
  const sound = new Map<string, Content>();
  const scratch = join(root, 'one.mar');
  for (let index = 0; index < count; index += 1) {
    const bytes = mutated(next);
    writeFileSync(scratch, bytes);
    const content = await soundContent(scratch);
    if (content === undefined) continue;
    const name = `${String(index).padStart(6, '0')}.mar`;
    writeFileSync(join(folder, name), bytes);
    sound.set(name, content);
  }
  return sound;
}

/** The archives that another reader understands differently. */
export function differing(ours: Sound, theirs: Read): { name: string; ours: Content; theirs: unknown }[] {
  return [...ours].flatMap(([name, content]) => {
    const other = theirs.get(name);
    try {
      assert.equal(other, content);
      return [];
    } catch {
      return [{ name, ours: content, theirs: other }];
    }
  });
}

/** What Python's zipfile finds in the sound archives. */
export async function readByPython(root: string): Promise<Read> {
  const { stdout } = await run('python3', [own('read.py'), join(root, 'sound')], options);
  const found = stdout
    .trim()
    .split('\n')
    .map((line): { name: string; entries?: [string, string][]; error?: string } => JSON.parse(line))
    .map(({ name, entries, error }) => [name, error ?? Object.fromEntries(entries ?? [])] as const);
  return new Map(found);
}

/** What Java's two readers find in them. */
export async function readByJava(root: string): Promise<{ readonly stream: Read; readonly file: Read }> {
  const { stdout } = await run('java', [own('Read.java'), join(root, 'sound')], options);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const of = (reader: string): Read =>
    new Map(
      lines.filter(([, kind]) => kind === reader).map(([name = '', , ...fields]) => [name, fieldsOf(fields)] as const),
    );
  return { stream: of('stream'), file: of('file') };
}

function fieldsOf(fields: readonly string[]): Content | string {
  const failed = fields.indexOf('!');
  if (failed >= 0) return fields[failed + 1] ?? '';
  return Object.fromEntries(
    fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1] ?? '']] : [])),
  );
}

/** What Info-ZIP finds in these of them: a process for each entry. */
export async function readByInfoZip(root: string, names: Iterable<string>): Promise<Read> {
  const found = new Map<string, Content | string>();
  for (const name of names) {
    const archive = join(root, 'sound', name);
    const paths = (await unzip('-Z1', archive)).toString('utf8').split('\n');
    const entries: Record<string, string> = {};
    for (const path of paths.filter((line) => line !== '' && !line.endsWith('/')))
      entries[path] = createHash('sha256')
        .update(await unzip('-p', archive, path.replace(/[[\]*?\\]/g, '\\$&')))
        .digest('hex');
    found.set(name, entries);
  }
  return found;
}

/** What unzip prints; exit code 1 is a warning, for example of a flag that differs where it means nothing. */
async function unzip(...args: string[]): Promise<Buffer> {
  try {
    const running = run('unzip', args, { ...options, encoding: 'buffer' });
    // Where it would ask something, the answer is no.
    running.child.stdin?.end();
    return (await running).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: unknown };
    return code === 1 && Buffer.isBuffer(stdout) ? stdout : Buffer.from(String(error));
  }
}
