import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Archive, ArchiveEntry, ArchiveFormat } from '#archive/archive.js';
import { createArchive } from '#archive/create-archive.js';
import { extractArchive } from '#archive/extract.js';
import { MarError } from '#errors/mar-error.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

/** An archive whose entries are made by `content` when they are read. */
function made(
  names: readonly string[],
  content: (path: string) => AsyncIterable<Buffer>,
  format: ArchiveFormat = 'zip',
): Archive {
  const entries = names.map((path): ArchiveEntry => ({ path, size: 3, compressedSize: 3, compression: 'store' }));
  return createArchive({
    source: 'x.mar',
    format,
    entries,
    get: (path) => entries.find((entry) => entry.path === path),
    content: ({ path }) => content(path),
    close: async () => undefined,
  });
}

async function* abc(): AsyncGenerator<Buffer> {
  yield Buffer.from('ab');
  yield Buffer.from('c');
}

/** Content that fails when it is read. */
async function* failing(error: unknown): AsyncGenerator<Buffer> {
  yield Buffer.from('a');
  throw error;
}

const system = (code: string): Error => Object.assign(new Error(`${code}: no luck, write`), { code, syscall: 'write' });
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `d${index % 7}/${index}`);

test(
  'every entry is written once with the usual permissions, and told of with what is written of all',
  inFolder({}, async ({ path }) => {
    const names = numbered(50);
    const entries: string[] = [];
    const bytes: number[] = [];
    const result = await extractArchive(made(names, abc), join(path, 'a/b/target'), {
      onEntry: (entry) => void entries.push(entry.path),
      onProgress: (progress) => {
        assert.is(progress.totalBytes, 150);
        bytes.push(progress.bytes);
      },
    });
    assert.equal([result.directory, result.bytes, result.entries.length], [join(path, 'a/b/target'), 150, 50]);
    for (const name of names) assert.is(readFileSync(join(result.directory, name), 'utf8'), 'abc');
    assert.equal(entries.sort(), [...names].sort());
    assert.equal([bytes.length, bytes.at(-1)], [100, 150]);
    assert.equal(
      bytes,
      [...bytes].sort((a, b) => a - b),
    );
    mkdirSync(join(path, 'usual'));
    assert.is(statSync(result.directory).mode, statSync(join(path, 'usual')).mode);
  }),
);

test(
  'the files of a format in order are written one at a time, those of another up to eight',
  inFolder({}, async ({ path }) => {
    for (const [format, most] of [
      ['tgz', 1],
      ['zip', 8],
    ] as const) {
      let [open, seen] = [0, 0];
      const counted = async function* (): AsyncGenerator<Buffer> {
        open += 1;
        seen = Math.max(seen, open);
        // Until as many are open as there should be, and long enough after that to see one more.
        for (let turn = 0; seen < most && turn < 1e5; turn += 1) await setImmediate();
        for (let turn = 0; turn < 50; turn += 1) await setImmediate();
        yield Buffer.from('abc');
        open -= 1;
      };
      await extractArchive(made(numbered(30), counted, format), join(path, format));
      assert.is(seen, most, format);
    }
  }),
);

test(
  'after a failure no further entry is begun, and nothing is left',
  inFolder({}, async ({ path }) => {
    let begun = 0;
    const content = (name: string): AsyncIterable<Buffer> => {
      begun += 1;
      return name === 'd3/3' ? failing(new MarError('broken', { code: 'ERR_ENTRY_CRC' })) : abc();
    };
    const error = await rejectsWith('ERR_ENTRY_CRC', () =>
      extractArchive(made(numbered(2000), content), join(path, 'x')),
    );
    assert.is(error.message, 'broken');
    assert.ok(begun < 200, `${begun} of 2000 were begun`);
    assert.equal(readdirSync(path), []);
  }),
);

test(
  'a failure to write names the target and what to do; what is taken says so; what is ours passes as it is',
  inFolder({ file: '', 'full/mine': '' }, async ({ path }) => {
    const failure = (target: string, error: unknown): Promise<unknown> =>
      extractArchive(
        made(['a'], () => failing(error)),
        join(path, target),
      ).catch((reason: unknown) => reason);
    for (const [code, hint] of [
      ['ENOSPC', 'Free some space on this disk'],
      ['EACCES', 'Check the permissions of its parent directory'],
    ] as const) {
      const error = await failure('x', system(code));
      if (!(error instanceof MarError)) throw new Error(`${String(error)} is not an error of ours`);
      assert.equal([error.code, error.hint], ['ERR_TARGET_UNWRITABLE', hint]);
      assert.ok(error.message.startsWith(`${join(path, 'x')} cannot be written: `), error.message);
      assert.ok(error.cause instanceof Error && 'code' in error.cause && error.cause.code === code);
    }
    for (const code of ['ENOTDIR', 'EEXIST', 'ENOTEMPTY']) {
      const error = await failure('x', system(code));
      if (!(error instanceof MarError)) throw new Error(`${String(error)} is not an error of ours`);
      assert.equal([error.code, error.message], ['ERR_TARGET_EXISTS', `${join(path, 'x')} exists already`]);
    }
    for (const error of [new TypeError('a fault'), 'text', Object.assign(new Error('x'), { code: 'ENOSPC' })])
      assert.is(await failure('x', error), error);
    const taken = await rejectsWith('ERR_TARGET_EXISTS', () => extractArchive(made(['a'], abc), join(path, 'file')));
    assert.is(taken.message, `${join(path, 'file')} exists already`);
    assert.equal(readdirSync(path).sort(), ['file', 'full']);
  }),
);

test(
  'an interruption stops between chunks and after the last one',
  inFolder({}, async ({ path }) => {
    for (const at of [1, 2]) {
      const controller = new AbortController();
      let told = 0;
      const result = await extractArchive(made(['a'], abc), join(path, 'x'), {
        signal: controller.signal,
        onProgress: () => {
          told += 1;
          if (told === at) controller.abort(new Error('stopped'));
        },
        onEntry: () => assert.unreachable('the entry is not done'),
      }).catch((error: unknown) => String(error));
      assert.equal([result, told, readdirSync(path)], ['Error: stopped', at, []]);
    }
  }),
);

test(
  'force replaces what an earlier extraction left by what the archive holds',
  inFolder({}, async ({ path }) => {
    const target = join(path, 'x');
    await extractArchive(made(['a', 'b/c'], abc), target);
    writeFileSync(join(target, 'a'), 'edited');
    await extractArchive(made(['a', 'b/c', 'd'], abc), target, { force: true });
    assert.equal([readdirSync(target).sort(), readFileSync(join(target, 'a'), 'utf8')], [['a', 'b', 'd'], 'abc']);
    assert.equal(readdirSync(path), ['x']);
  }),
);

test.run();
