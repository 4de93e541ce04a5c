import { execFileSync } from 'node:child_process';
import { appendFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ValidateOptions } from '#check/options.js';
import { validate } from '#check/validate.js';
import { MarError } from '#errors/mar-error.js';
import { pack } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { pythonFiles, zip } from './sample-archives.js';

test(
  'progress counts each archive once, whatever could not be found or run',
  inFolder({ 'm/service.py': 'def handle(d, c):\n    return d\n' }, async ({ path }) => {
    for (const modelName of ['a', 'b']) {
      await pack({ modelName, modelPath: join(path, 'm'), exportPath: path, handler: 'service:handle' });
    }
    const seen: (readonly number[])[] = [];
    const onArchive = (_path: string, done: number, total: number): void => {
      seen.push([done, total]);
    };
    const absent = async (): Promise<never> => {
      throw new MarError('There is no interpreter.', { code: 'ERR_INTERPRETER_NOT_FOUND' });
    };
    const paths = ['a.mar', 'none.mar', 'b.mar'];
    const { archives, failures } = await validate(paths, { cwd: path, run: true, concurrency: 1, onArchive }, absent);
    assert.equal(seen, [
      [1, 2],
      [2, 2],
    ]);
    assert.equal([archives.length, failures.length], [2, 3]);
  }),
);

test('a run is not given what it cannot hold to', async () => {
  const refused = async (options: ValidateOptions): Promise<string> =>
    (await rejectsWith('ERR_USAGE', () => validate(['none.mar'], { run: true, ...options }))).message;
  assert.is(
    await refused({ contain: 'never', memoryMb: 100 }),
    'memoryMb is 100 and contain is never: the memory is limited only where a run is contained',
  );
  for (const name of ['', 'A=B', 'A B'])
    assert.is(await refused({ env: ['A', name] }), `'${name}' is not the name of a variable`);
});

test(
  'an archive that is another one when it has been checked is not passed, whatever its times say',
  inFolder({}, async ({ path, write }) => {
    const good = zip(pythonFiles());
    const file = join(path, 'a.mar');
    const changes: Readonly<Record<string, () => void>> = {
      nothing: () => {},
      'another in its place': () => {
        write({ 'b.mar': good });
        renameSync(join(path, 'b.mar'), file);
      },
      'its times put back': () => {
        const { atime, mtime } = statSync(file);
        writeFileSync(file, good);
        utimesSync(file, atime, mtime);
      },
      'one byte more': () => appendFileSync(file, 'x'),
      'no file any more': () => rmSync(file),
    };
    for (const [name, change] of Object.entries(changes)) {
      write({ 'a.mar': good });
      const runner = async (): Promise<{ cases: [] }> => {
        change();
        return { cases: [] };
      };
      const { passed, failures } = await validate(['a.mar'], { cwd: path, run: true, target: ['local'] }, runner);
      const said = failures.map(({ code, message }) => `${code} ${message}`);
      assert.equal(
        [passed, said],
        name === 'nothing' ? [true, []] : [false, ['ERR_ARCHIVE_CHANGED a.mar changed while it was checked']],
        name,
      );
    }
  }),
);

test(
  'totals, limits and failures of all archives together make the verdict',
  inFolder({}, async ({ path, write }) => {
    const requirements = { 'requirements.txt': 'numpy\n' };
    const windows = zip(pythonFiles({ 'aux.txt': '', ...requirements }));
    write({ 'a.mar': windows, 'b.mar': windows, 'good.mar': zip(pythonFiles()), 'bad.mar': 'no archive' });
    const ask = (names: readonly string[], options: ValidateOptions = {}) =>
      validate(names, { cwd: path, target: ['local'], ...options });
    const { totals, archives, passed, unusedIgnores } = await ask(['a.mar', 'b.mar', 'bad.mar'], {
      ignore: ['MAR334', 'MAR116'],
    });
    assert.equal([totals, archives.length, passed], [{ error: 1, warning: 2, note: 0 }, 3, false]);
    assert.equal(
      archives.map((report) => [report.path, report.passed, report.ignored]),
      [
        ['a.mar', true, 1],
        ['b.mar', true, 1],
        ['bad.mar', false, 0],
      ],
    );
    assert.equal(unusedIgnores, ['MAR116']);
    const limited = await ask(['a.mar', 'b.mar'], { maxWarnings: 1 });
    assert.equal([limited.passed, limited.tooManyWarnings], [false, 1]);
    const exact = await ask(['a.mar', 'b.mar', 'a.mar'], { maxWarnings: 2 });
    assert.equal([exact.passed, exact.archives.length, 'tooManyWarnings' in exact], [true, 2, false]);
    assert.not((await ask(['good.mar', 'none.mar'])).passed);
    const { failures } = await ask(['none.mar', 'https://host/a.mar']);
    assert.equal(failures.map(({ path: name, code, message, hint }) => [name, code, message, hint]).sort(), [
      [
        'https://host/a.mar',
        'ERR_ARCHIVE_URL',
        'https://host/a.mar is a URL',
        'download the archive first: curl -O, then validate the file',
      ],
      ['none.mar', 'ERR_ARCHIVE_NOT_FOUND', 'none.mar does not exist', 'check the path'],
    ]);
    assert.is((await rejectsWith('ERR_USAGE', () => ask([]))).message, 'no archive is given');
    const useless = await rejectsWith('ERR_USAGE', () => ask(['good.mar'], { timeoutMs: 5, env: ['A'] }));
    assert.is(useless.message, 'timeoutMs, env need a run, and nothing is run');
    for (const option of [
      { python: 'p' },
      { installRequirements: true },
      { contain: 'never' },
      { memoryMb: 1 },
    ] as const)
      await rejectsWith('ERR_USAGE', () => ask(['good.mar'], option));
    write({ 'c.json': '{ "maxWarnings": 0, "ignore": ["MAR334"] }' });
    const configured = await ask(['a.mar'], { config: 'c.json' });
    assert.equal([configured.tooManyWarnings, configured.archives[0]?.ignored], [0, 1]);
    assert.equal((await ask(['a.mar'], { config: 'c.json', maxWarnings: 5 })).passed, true);
    const controller = new AbortController();
    controller.abort(new MarError('stopped', { code: 'ERR_INTERRUPTED' }));
    const stopped = await ask(['good.mar'], { signal: controller.signal }).catch((error: unknown) => error);
    assert.ok(stopped instanceof MarError && stopped.code === 'ERR_INTERRUPTED');
  }),
);

test(
  'a pipe, an empty file and names that only look like scripts are judged as any other path',
  inFolder({}, async ({ path, write }) => {
    execFileSync('mkfifo', [join(path, 'pipe.mar')]);
    write({ 'empty.mar': '', 'named.mar': zip(pythonFiles({ 'service.js.txt': 'x', 'a.mjs': '{' })) });
    const paths = ['pipe.mar', 'empty.mar', 'named.mar'];
    const { archives } = await validate(paths, { cwd: path, target: ['local'] });
    assert.equal(
      archives.map((report) => [report.path, report.findings.some(({ rule }) => rule === 'MAR101')]),
      [
        ['pipe.mar', true],
        ['empty.mar', true],
        ['named.mar', false],
      ],
    );
  }),
);

test.run();
