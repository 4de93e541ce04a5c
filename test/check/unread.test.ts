import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveReport } from '#check/finding.js';
import { type ValidateOptions, validate } from '#index.js';
import { MANIFEST } from '../hostile/attack.js';
import { forgeTgz } from '../hostile/forge-tar.js';
import { forgeZip } from '../hostile/forge-zip.js';

const directory = mkdtempSync(join(tmpdir(), 'mar-unread-'));
test.after(() => rmSync(directory, { recursive: true, force: true }));

const SERVICE = { name: 'service.js', data: 'export const handle = (batch) => batch.map(() => 1);\n' };
const PEERS = ['mms', 'torchserve', 'sagemaker'] as const;

async function reportOf(bytes: Buffer, options: ValidateOptions): Promise<ArchiveReport> {
  const path = join(directory, 'archive.mar');
  writeFileSync(path, bytes);
  const { archives, failures, passed } = await validate([path], options);
  assert.equal(failures, []);
  const [report] = archives;
  if (report === undefined) throw new Error('it was not checked');
  assert.is(passed, report.passed);
  return report;
}

/** Whether every target fails, and which rules say so. */
function verdict({ verdicts, findings }: ArchiveReport): [failed: boolean, errors: string[]] {
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
  return [verdicts.every(({ passed }) => !passed), [...new Set(errors)]];
}

const broken = forgeZip([MANIFEST, SERVICE, { name: 'weights.bin', data: 'content', both: { crc32: 7 } }]);

for (const [what, bytes, options, also] of [
  [
    'a gzipped tar with eight bytes behind it, for servers whose unpackers do not mind',
    Buffer.concat([forgeTgz([MANIFEST, SERVICE]), Buffer.alloc(8, 'x')]),
    { target: PEERS },
    [],
  ],
  [
    'a zip with a gzip in front of it',
    Buffer.concat([gzipSync('x'), forgeZip([MANIFEST, SERVICE])]),
    { target: PEERS },
    [],
  ],
  ['a text file, ignored', Buffer.from('just some text'), { ignore: ['MAR101', 'MAR139'] }, []],
  ['half an archive, switched off', broken.subarray(0, 90), { severity: ['MAR102=off', 'MAR139=off'] }, []],
  ['an entry that is not what it was, ignored', broken, { ignore: ['crc-mismatch'] }, []],
] as const) {
  test(`fails, whatever the settings: ${what}`, async () => {
    assert.equal(verdict(await reportOf(bytes, options)), [true, ['MAR139', ...also]]);
  });
}

test('says nothing where another finding fails the archive already', async () => {
  assert.equal(verdict(await reportOf(broken, {})), [true, ['MAR125']]);
});

test('says nothing about an archive that was read', async () => {
  assert.equal(verdict(await reportOf(forgeZip([MANIFEST, SERVICE]), {})), [false, []]);
});

test.run();
