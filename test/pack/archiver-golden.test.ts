import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Archive } from '#archive/archive.js';
import { openArchive } from '#archive/open.js';
import { layFolder } from '../support/model-folder.js';
import { recordingPath } from '../support/recordings.js';
import { runModelArchiver } from '../support/run-mar.js';

/** How the recording lays a file: text, or text with a mode or time, a repeated text, a link. */
type Laid = string | null | { text?: string; repeat?: [string, number]; link?: string; mode?: number; mtime?: number };

interface RecordedEntry {
  readonly name: string;
  readonly method?: string;
  readonly size: number;
  readonly sample?: string;
  readonly text?: string;
}

interface RecordedCase {
  readonly id: string;
  readonly argv: string[];
  readonly cwd?: string;
  readonly files: Record<string, Laid>;
  readonly result: {
    readonly rc: number;
    readonly lost: string[];
    readonly made: Record<string, { zip?: RecordedEntry[]; tar?: RecordedEntry[]; text?: string }>;
  };
}

const RECORDING = 'archiver-golden.jsonl';
const DOCUMENT = new URL('../../docs/compatibility.md', import.meta.url);

function lay(root: string, files: Record<string, Laid>): void {
  for (const [name, given] of Object.entries(files)) {
    const file = join(root, name);
    mkdirSync(name.endsWith('/') ? file : dirname(file), { recursive: true });
    if (name.endsWith('/')) continue;
    const how = typeof given === 'object' && given !== null ? given : { text: given ?? '' };
    if (how.link !== undefined) {
      symlinkSync(how.link, file);
      continue;
    }
    writeFileSync(file, how.text ?? how.repeat?.[0].repeat(how.repeat[1]) ?? '');
    if (how.mode !== undefined) chmodSync(file, how.mode);
    if (how.mtime !== undefined) utimesSync(file, how.mtime, how.mtime);
  }
}

/** Every file below a directory, relative, the recording's scratch directory apart. */
function listFiles(root: string, directory = root): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = join(directory, entry.name);
    if (entry.isDirectory() && !lstatSync(file).isSymbolicLink()) return listFiles(root, file);
    return [relative(root, file)];
  });
}

const undated = (text: string): string => text.replace(/"createdOn": "[^"]*"/, '"createdOn": "<date>"');

async function compareArchive(file: string, recorded: RecordedEntry[], prefix: string): Promise<string[]> {
  const archive: Archive = await openArchive(file);
  try {
    const found: string[] = [];
    const names = archive.entries.map(({ path }) => prefix + path).sort();
    const wanted = [...new Set(recorded.map(({ name }) => name))].sort();
    if (names.join() !== wanted.join()) found.push(`entries: ${names.join()} instead of ${wanted.join()}`);
    for (const { name, method, size, sample, text } of recorded) {
      const entry = archive.get(name.slice(prefix.length));
      if (!entry) continue;
      const content = (await archive.bytes(entry)).toString();
      if (text !== undefined && undated(content) !== undated(text)) found.push(`${name}: ${content}`);
      if (text === undefined && entry.size !== size) found.push(`${name}: ${entry.size} bytes instead of ${size}`);
      if (method !== undefined && !method.startsWith(entry.compression)) found.push(`${name}: ${entry.compression}`);
      if (sample !== undefined && content.slice(0, 80) !== sample) found.push(`${name}: other content`);
    }
    return found;
  } finally {
    await archive.close();
  }
}

/** What differs between the recorded case and ours, in words; empty when nothing does. */
async function replay(recorded: RecordedCase): Promise<string[]> {
  const folder = layFolder();
  try {
    const root = folder.path;
    lay(root, recorded.files);
    const argv = recorded.argv.map((argument) => argument.replaceAll('{{cwd}}', root));
    const { code } = await runModelArchiver(['--no-record', ...argv], { cwd: join(root, recorded.cwd ?? '') });
    const found: string[] = [];
    if (code !== recorded.result.rc) found.push(`exit code ${code} instead of ${recorded.result.rc}`);
    const files = listFiles(root);
    const lost = recorded.result.lost.filter((name) => files.includes(name));
    if (lost.length > 0) found.push(`${lost.join()} is still there`);
    const wanted = Object.entries(recorded.result.made).filter(([name]) => !name.startsWith('.tmp/'));
    const made = files.filter((name) => !(name in recorded.files));
    for (const name of made) if (!wanted.some(([other]) => other === name)) found.push(`${name} was made`);
    for (const [name, { zip, tar, text }] of wanted) {
      if (!files.includes(name)) found.push(`${name} was not made`);
      else if (zip ?? tar) {
        const prefix = tar ? `${name.slice(0, -'.tar.gz'.length).split('/').at(-1)}/` : '';
        found.push(...(await compareArchive(join(root, name), zip ?? tar ?? [], prefix)));
      } else if (text !== undefined && undated(readFileSync(join(root, name), 'utf8')) !== undated(text)) {
        found.push(`${name} differs`);
      }
    }
    return found;
  } finally {
    folder.remove();
  }
}

/** The case ids of the table of deliberate differences in docs/compatibility.md. */
function documented(): string[] {
  const [, table = ''] = readFileSync(DOCUMENT, 'utf8').split(/<!-- (?:end of )?archiver differences -->/);
  return [...table.matchAll(/`((?:mms|torch)-[\w-]+)`/g)].flatMap(([, id]) => (id === undefined ? [] : [id]));
}

test('both real archivers and ours do the same, but for the differences that docs/compatibility.md lists', async () => {
  const differing: Record<string, string[]> = {};
  for (const line of readFileSync(recordingPath(RECORDING), 'utf8').split('\n').filter(Boolean)) {
    const recorded: RecordedCase = JSON.parse(line);
    const found = await replay(recorded);
    if (found.length > 0) differing[recorded.id] = found;
  }
  const listed = documented();
  for (const [id, found] of Object.entries(differing)) {
    assert.ok(listed.includes(id), `${id} is not listed in docs/compatibility.md: ${found.join('; ')}`);
  }
  for (const id of listed) assert.ok(id in differing, `${id} is listed in docs/compatibility.md, but does not differ`);
});

test.run();
