import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { extract, inspect, pack, validate } from '#index.js';
import { schemaCheck } from '#schema.js';
import { type Folder, inFolder } from '../support/model-folder.js';
import { runMar } from '../support/run-mar.js';

const SERVICE = 'export const handle = (batch) => batch.map(() => "ok");\n';
const CASE = '{ "request": { "json": 1 }, "expect": { "text": "ok" } }';
const ENTRY = 'MAR-INF/verification.json';

type Written = 'default' | 'tgz' | 'no-archive';

/** Packs the model of a folder; the archive's path. */
async function packed({ path }: Folder, archiveFormat: Written = 'default'): Promise<string> {
  const options = { modelName: 'echo', modelPath: 'model', handler: 'service.js', archiveFormat, force: true } as const;
  return (await pack({ ...options, cwd: path })).target;
}

const withModel = (files: Readonly<Record<string, string>>, use: (folder: Folder) => Promise<void>) =>
  inFolder({ 'model/service.js': SERVICE, 'model/MAR-INF/tests/a.json': CASE, ...files }, use);

async function rulesOf(path: string): Promise<string[]> {
  const { archives } = await validate([path]);
  return archives.flatMap(({ findings }) => findings.map(({ rule, severity }) => `${rule} ${severity}`)).sort();
}

test(
  'a record beside an archive says what ran; it fits until the archive is built anew',
  withModel({ 'model/large.bin': 'x'.repeat(300_000) }, async (folder) => {
    const archive = await packed(folder);
    const before = readFileSync(archive);
    const run = await runMar(['validate', '--run', '--attest', 'echo.mar'], { cwd: folder.path });
    assert.is(run.code, 0, run.stdout + run.stderr);
    assert.match(run.stdout, '  attested    echo.mar.verification.json\n');
    assert.equal(readFileSync(archive), before, 'the archive stays as it is');
    const record = JSON.parse(readFileSync(`${archive}.verification.json`, 'utf8'));
    assert.equal(schemaCheck('verification')(record), []);
    assert.equal(record.targets, [{ target: 'local', errors: 0, warnings: 0, notes: 0 }]);
    assert.is(record.versions.node, process.versions.node);
    assert.equal([record.run.cases, record.run.passed], [1, 1]);
    assert.ok(record.run.contract.checks.length > 3);
    assert.equal(await rulesOf(archive), []);
    const { verifications, sound } = await inspect(archive);
    assert.equal(
      verifications.map(({ where, fits }) => [where, fits, sound]),
      [['beside', true, true]],
    );

    folder.write({ 'model/service.js': SERVICE.replace('ok', 'other') });
    await packed(folder);
    assert.equal(await rulesOf(archive), ['MAR521 warning']);
    const shown = await runMar(['inspect', archive]);
    assert.is(shown.code, 0);
    assert.match(
      shown.stdout,
      /Verification beside it, echo\.mar\.verification\.json\n {2}content +ANOTHER ONE: it says nothing/,
    );
    const failed = await runMar(['validate', '--run', '--attest', archive]);
    assert.is(failed.code, 2);
    assert.match(failed.stdout, 'echo.mar is not attested: it failed.');
    assert.equal(JSON.parse(readFileSync(`${archive}.verification.json`, 'utf8')), record, 'nothing is written');
  }),
);

for (const format of ['default', 'tgz', 'no-archive'] as const) {
  test(
    `a record inside leaves the rest as it was, and shows a change: ${format}`,
    withModel({ 'model/large.bin': 'x'.repeat(300_000) }, async (folder) => {
      const archive = await packed(folder, format);
      const digests = async () =>
        (await inspect(archive)).entries
          .filter(({ path }) => path !== ENTRY)
          .map(({ path, sha256, recorded }) => `${path} ${sha256} ${recorded}`)
          .sort();
      const before = await digests();
      const attest = () => validate([archive], { run: true, attest: 'inside' });
      const report = await attest();
      assert.equal([report.failures, report.archives[0]?.attested], [[], `${archive}:${ENTRY}`]);
      assert.equal(await digests(), before);
      assert.equal(await rulesOf(archive), []);
      assert.ok((await inspect(archive)).verifications[0]?.fits);
      const second = await attest();
      assert.is(second.archives[0]?.content?.sha256, report.archives[0]?.content?.sha256);
      assert.is((await inspect(archive)).entries.filter(({ path }) => path === ENTRY).length, 1);
      assert.not(existsSync(`${archive}.verification.json`));

      // The same files, one of them changed and the digests of the packer gone with it.
      const changed = join(folder.path, 'changed');
      await extract(archive, changed);
      writeFileSync(join(changed, 'large.bin'), 'y');
      assert.equal(await rulesOf(changed), ['MAR131 error', 'MAR520 error']);
      const { sound, verifications } = await inspect(changed);
      assert.equal([sound, verifications[0]?.fits], [false, false]);
    }),
  );
}

test(
  'what failed, has no golden case or was not run is not attested, with ERR_NOT_ATTESTED',
  withModel({}, async (folder) => {
    const refusalOf = async (archive: string) => {
      const { failures, passed } = await validate([archive], { run: true, attest: 'beside' });
      assert.not(passed);
      assert.not(existsSync(`${archive}.verification.json`));
      return failures.map(({ code, message }) => `${code} ${message.replace(/^.*\//, '')}`);
    };
    folder.write({ 'model/MAR-INF/tests/a.json': CASE.replace('ok', 'other') });
    assert.equal(await refusalOf(await packed(folder)), ['ERR_NOT_ATTESTED echo.mar is not attested: it failed.']);
    folder.write({ 'model/service.js': `throw new Error("no");\n${SERVICE}` });
    assert.equal(await refusalOf(await packed(folder)), ['ERR_NOT_ATTESTED echo.mar is not attested: it failed.']);
    folder.write({ 'model/service.js': SERVICE });
    const archive = await pack({
      modelName: 'bare',
      modelPath: 'model',
      handler: 'service.js',
      exclude: ['MAR-INF'],
      force: true,
      cwd: folder.path,
    });
    assert.equal(await refusalOf(archive.target), [
      'ERR_NOT_ATTESTED bare.mar is not attested: it has no golden case, so that no answer was checked.',
    ]);
    const notRun = await runMar(['validate', '--attest=inside', archive.target]);
    assert.is(notRun.code, 2);
    assert.match(notRun.stderr, 'attest needs a run, and nothing is run');
  }),
);

test(
  'a record of an earlier build is not packed',
  withModel({ [`model/${ENTRY}`]: '{}' }, async (folder) => {
    const archive = await packed(folder);
    const { entries } = await inspect(archive);
    assert.not(entries.some(({ path }) => path === ENTRY));
    assert.equal(await rulesOf(archive), []);
  }),
);

test.run();
