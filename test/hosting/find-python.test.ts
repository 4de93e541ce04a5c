import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findPython } from '#hosting/find-python.js';
import { failure } from './handler-files.js';

test('Python: an interpreter that is missing or too old is said with all that was tried', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mar-python-'));
  try {
    const old = join(directory, 'python');
    await writeFile(old, '#!/bin/sh\necho 2.7\n', { mode: 0o755 });
    const env = { PATH: directory, PYTHON: join(directory, 'absent') };
    const error = await failure(findPython({ runtime: 'python', env }));
    assert.is(error.code, 'ERR_INTERPRETER_NOT_FOUND');
    assert.match(error.detail ?? '', /absent: not found\n {2}python: is Python 2\.7\n {2}python3: not found/);
    const named = await failure(findPython({ runtime: 'python', env, python: old }));
    assert.is(named.detail, `  ${old}: is Python 2.7`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test.run();
