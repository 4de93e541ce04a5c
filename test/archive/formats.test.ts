import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  archiveEnding,
  ENDINGS,
  FILE_FORMATS,
  FORMATS,
  PACK_FORMATS,
  WRITTEN_FORMS,
  writtenForm,
} from '#archive/formats.js';
import { pack } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { runMar } from '../support/run-mar.js';
import { useArchives } from './use-archives.js';

const MODEL = {
  'm/service.js': 'export const handle = (batch) => batch.map(() => "alive");\n',
  'store/': '',
  'x/': '',
};

test('the facts of the formats do not contradict each other', () => {
  assert.is(new Set(FORMATS.map(({ name }) => name)).size, FORMATS.length);
  assert.is(new Set(ENDINGS).size, ENDINGS.length, 'an ending belongs to one format');
  const magic = FILE_FORMATS.flatMap((format) => format.magic);
  for (const one of magic) {
    assert.ok(/^([0-9a-f]{2}){2,4}$/.test(one), one);
    assert.not.ok(
      magic.some((other) => other !== one && one.startsWith(other)),
      `${one} is told from all others`,
    );
  }
  for (const ending of ENDINGS) assert.ok(/^\.[a-z.]+$/.test(ending), ending);
  for (const { ending } of WRITTEN_FORMS) assert.ok(ending === '' || ENDINGS.includes(ending), ending);
  assert.is(WRITTEN_FORMS[0], writtenForm('default'));
});

test('an ending is told in either case and needs a name in front of it', () => {
  assert.is(archiveEnding('a.mar'), '.mar');
  assert.is(archiveEnding('a.b.TAR.gz'), '.TAR.gz');
  for (const name of ['.mar', 'mar', 'a.marx', 'a.gz', '']) assert.is(archiveEnding(name), undefined, name);
});

test('flags offer what the formats write, each with its words', async () => {
  const { stdout } = await runMar(['build', '--help']);
  const help = stdout.replace(/\s+/g, ' ');
  for (const { name, summary } of PACK_FORMATS) assert.ok(help.includes(`${name} ${summary}`), name);
  const { stderr, code } = await runMar(['build', '--archive-format', 'rar']);
  assert.is(code, 2);
  assert.ok(stderr.includes(PACK_FORMATS.map(({ name }) => name).join(', ')), stderr);
});

test(
  'every known ending is taken by packing, validate, inspect, extract and a model store',
  inFolder(MODEL, async ({ path }) => {
    const store = join(path, 'store');
    const endings = FILE_FORMATS.flatMap((format) => format.endings.map((ending) => ({ format, ending })));
    const names: string[] = [];
    for (const [index, { format, ending }] of endings.entries()) {
      const archiveFormat = format.written[0]?.name ?? assert.unreachable();
      const modelName = `model${index}`;
      const options = { modelPath: join(path, 'm'), handler: 'service.js', exportPath: path };
      const { target } = await pack({ ...options, modelName, ...(archiveFormat && { archiveFormat }) });
      const name = `${modelName}${ending}`;
      copyFileSync(target, join(store, name));
      names.push(name);
      const { warnings } = await pack({ ...options, modelName: `x${ending}`, dryRun: true });
      assert.ok(
        warnings.some(({ code }) => code === 'name-ending'),
        ending,
      );
    }
    const models = endings.map((_, index) => `model${index}`);
    const uses = await useArchives(store, names, join(path, 'x'));
    assert.equal(uses.validated, [...names].sort());
    assert.ok(uses.passed);
    assert.equal(
      Object.values(uses.inspected),
      endings.map(({ format }) => format.name),
    );
    assert.equal(Object.values(uses.extracted), models);
    assert.equal(uses.served, Object.fromEntries(models.map((model) => [model, 'alive'])));
  }),
);

test.run();
