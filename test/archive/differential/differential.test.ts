import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scanArchive } from '#archive/open.js';
import { missingCommand } from '../../support/commands.js';
import { testUnless } from '../../support/test-unless.js';
import { mutated, sequence } from './mutate.js';

const run = promisify(execFile);
const SEED = Number(process.env['MAR_TEST_DIFFERENTIAL_SEED'] ?? 1);
const COUNT = Number(process.env['MAR_TEST_DIFFERENTIAL_COUNT'] ?? 2000);
const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Entries by path, each with the digest of its content, in no order. */
type Content = Readonly<Record<string, string>>;

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

/** The archives with which nothing is wrong to us, in a folder of their own. */
async function soundOnes(root: string): Promise<Map<string, Content>> {
  const folder = join(root, 'sound');
  mkdirSync(folder);
  const next = sequence(SEED);
  const sound = new Map<string, Content>();
  const scratch = join(root, 'one.mar');
  for (let index = 0; index < COUNT; index += 1) {
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

/** Fails with the archives that another reader understands differently. */
function same(ours: ReadonlyMap<string, Content>, theirs: ReadonlyMap<string, Content | string>): void {
  const differing = [...ours].flatMap(([name, content]) => {
    const other = theirs.get(name);
    try {
      assert.equal(other, content);
      return [];
    } catch {
      return [{ name, ours: content, theirs: other }];
    }
  });
  assert.equal(differing, [], `seed ${SEED}`);
}

const root = mkdtempSync(join(tmpdir(), 'mar-differential-'));
const sound = await soundOnes(root);
test.after(() => rmSync(root, { recursive: true, force: true }));
const options = { maxBuffer: 2 ** 30 };

test('some mutations leave an archive sound, most do not', () => {
  assert.ok(sound.size > COUNT / 200, `${sound.size} of ${COUNT} are sound to us`);
  assert.ok(sound.size < COUNT / 2, `${sound.size} of ${COUNT} are sound to us`);
});

testUnless(missingCommand('python3'), test, "what is sound to us is the same to Python's zipfile", async () => {
  const { stdout } = await run('python3', [own('read.py'), join(root, 'sound')], options);
  const found = stdout
    .trim()
    .split('\n')
    .map((line): { name: string; entries?: [string, string][]; error?: string } => JSON.parse(line))
    .map(({ name, entries, error }) => [name, error ?? Object.fromEntries(entries ?? [])] as const);
  same(sound, new Map(found));
});

testUnless(
  missingCommand('java'),
  test,
  "what is sound to us is the same to Java's reader of streams and to its reader of files",
  async () => {
    const { stdout } = await run('java', [own('Read.java'), join(root, 'sound')], options);
    for (const reader of ['stream', 'file']) {
      const found = stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'))
        .filter(([, kind]) => kind === reader)
        .map(([name = '', , ...fields]) => [name, fieldsOf(fields)] as const);
      same(sound, new Map(found));
    }
  },
);

function fieldsOf(fields: readonly string[]): Content | string {
  const failed = fields.indexOf('!');
  if (failed >= 0) return fields[failed + 1] ?? '';
  return Object.fromEntries(
    fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1] ?? '']] : [])),
  );
}

/** Archives that Info-ZIP is asked about: a process for each entry. */
const ASKED = 100;

testUnless(missingCommand('unzip'), test, 'what is sound to us is the same to Info-ZIP', async () => {
  const asked = new Map([...sound].slice(0, ASKED));
  const found = new Map<string, Content | string>();
  for (const name of asked.keys()) {
    const archive = join(root, 'sound', name);
    const paths = (await unzip('-Z1', archive)).toString('utf8').split('\n');
    const entries: Record<string, string> = {};
    for (const path of paths.filter((line) => line !== '' && !line.endsWith('/')))
      entries[path] = createHash('sha256')
        .update(await unzip('-p', archive, path.replace(/[[\]*?\\]/g, '\\$&')))
        .digest('hex');
    found.set(name, entries);
  }
  same(asked, found);
});

/** What unzip prints; exit code 1 is a warning, for example of a flag that differs where it means nothing. */
async function unzip(...args: string[]): Promise<Buffer> {
  try {
    return (await run('unzip', args, { ...options, encoding: 'buffer' })).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: unknown };
    return code === 1 && Buffer.isBuffer(stdout) ? stdout : Buffer.from(String(error));
  }
}

test.run();
