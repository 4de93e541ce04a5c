import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { extract, type Migration, migrateEia, validate } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar, runModelArchiver } from '../support/run-mar.js';
import { archive, HANDLER } from './migrated.js';

test(
  'the old archive is never written over, another only with force; a directory and a tgz keep their form',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'm.mar');
    writeFileSync(file, archive(HANDLER));
    await rejectsWith('ERR_OPTION', () => migrateEia(file, { to: 'cpu', output: file, force: true }));
    await migrateEia(file, { to: 'cpu' });
    await rejectsWith('ERR_TARGET_EXISTS', () => migrateEia(file, { to: 'cpu' }));
    const folder = join(path, 'unpacked');
    await extract(file, folder);
    await rejectsWith('ERR_OPTION', () => migrateEia(folder, { to: 'cpu', output: join(folder, 'inside') }));
    const { output } = await migrateEia(folder, { to: 'cpu' });
    assert.is(output, `${folder}-cpu`);
    assert.match(readFileSync(join(output, 'service.py'), 'utf8'), /ctx=mx\.cpu\(\)/);
    mkdirSync(join(path, 'model'));
    writeFileSync(join(path, 'model/service.py'), HANDLER);
    const pack = [
      '--model-name',
      't',
      '--handler',
      'service.py:handle',
      '--model-path',
      'model',
      '--accelerator',
      'eia1.large',
    ];
    assert.is((await runModelArchiver([...pack, '--archive-format', 'tgz'], { cwd: path })).code, 0);
    const tgz = await migrateEia(join(path, 't.tar.gz'), { to: 'cpu' });
    assert.is(tgz.output, join(path, 't-cpu.tar.gz'));
    assert.ok((await validate([tgz.output])).archives[0]?.passed);
  }),
);

test(
  'mar eia migrate shows the difference first, and ends with 1 where something is left to do',
  inFolder({}, async ({ path }) => {
    writeFileSync(join(path, 'm.mar'), archive(HANDLER));
    const dry = await runMar(['eia', 'migrate', '--to', 'cpu', '--dry-run'], { cwd: path });
    assert.is(dry.code, 0);
    assert.match(dry.stdout, /^\+.*mx\.cpu\(\)[\s\S]*Nothing in the handler is left[\s\S]*Nothing was written\.\n$/m);
    assert.not(existsSync(join(path, 'm-cpu.mar')));
    const gpu = await runMar(['eia', 'migrate', 'm.mar', '--to', 'gpu', '-o', 'new.mar'], { cwd: path });
    assert.is(gpu.code, 1);
    assert.match(
      gpu.stdout,
      /^-.*"eia"[\s\S]*service\.py:5 {2}return symbol\.bind[\s\S]*→ +mx\.gpu\(0\)[\s\S]*Written: .*new\.mar\n$/m,
    );
    assert.ok(existsSync(join(path, 'new.mar')));
    const told = await runMar(['eia', 'migrate', 'm.mar', '--to', 'cpu', '--json'], { cwd: path });
    const migration: Migration = JSON.parse(told.stdout);
    assert.is(migration.written, true);
    assert.is((await runMar(['eia', 'migrate', 'm.mar'], { cwd: path })).code, 2);
    assert.match(
      (await runMar(['eia', 'migrate', 'm.mar', '--to', 'cpuu'], { cwd: path })).stderr,
      /expected cpu, gpu, inferentia/,
    );
  }),
);

test.run();
