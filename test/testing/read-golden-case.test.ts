import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { goldenCaseEntries, goldenRequest, parseGoldenCase } from '#testing/read-golden-case.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const FILES = {
  'MAR-INF/MANIFEST.json': '{}',
  'MAR-INF/tests/b.json': '{}',
  'MAR-INF/tests/a.json': '{}',
  'MAR-INF/tests/notes.txt': '',
  'MAR-INF/tests/in/cat.png': '\x89PNG',
  'service.py': '',
};

test(
  'the cases of an archive come in the order of their paths; their other files are none',
  inFolder(FILES, async ({ path }) => {
    const archive = await openArchive(path);
    assert.equal(
      goldenCaseEntries(archive).map((entry) => entry.path),
      ['MAR-INF/tests/a.json', 'MAR-INF/tests/b.json'],
    );
    await archive.close();
  }),
);

test(
  'a request file is read from the archive; one that is not there, or outside of it, is said with its path',
  inFolder(FILES, async ({ path }) => {
    const archive = await openArchive(path);
    const found = await goldenRequest(archive, { file: 'in/cat.png' });
    assert.equal(
      [found.body?.length, found.contentType],
      [Buffer.byteLength(FILES['MAR-INF/tests/in/cat.png']), 'image/png'],
    );
    const absent = await rejectsWith('ERR_GOLDEN_CASE', () => goldenRequest(archive, { file: 'in/dog.png' }));
    assert.is(absent.message, 'the request file MAR-INF/tests/in/dog.png is not in the archive');
    const outside = await rejectsWith('ERR_GOLDEN_CASE', () => goldenRequest(archive, { file: '../../../etc/passwd' }));
    assert.is(outside.message, 'the request file ../../../etc/passwd is not in the archive');
    await archive.close();
  }),
);

test('a case that is not JSON, or not of the schema, says where', () => {
  assert.match(parseGoldenCase(Buffer.from('{')).problems?.[0] ?? '', /^the case is not JSON: /);
  assert.match(parseGoldenCase(Buffer.from('{"expect": {}}')).problems?.join() ?? '', /request/);
});

test.run();
