import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judge } from '#models/pickle/judge.js';
import { nameOf } from '#models/pickle/uses.js';
import { testUnless } from '../../support/test-unless.js';
import { ASKED, PYTHON_MISSING, python, read } from './pickles.js';

/** Pickles of all protocols, in hex: functions that share a module, which the memo then holds. */
const MADE = `
import os, pickle, collections, pickletools
many = ['text %d' % i for i in range(300)]
for protocol in range(6):
    for value in ([os.system, os.getpid, collections.OrderedDict, os.system], [many, os.system, os.getpid, many]):
        dumped = pickle.dumps(value, protocol)
        print(dumped.hex(), ','.join(sorted({o.name for o, _, _ in pickletools.genops(dumped)})))
`;

testUnless(PYTHON_MISSING, test, 'what Python pickles in protocols 0 to 5 is read as Python reads it', async () => {
  const made = python(MADE).map((line) => line.split(' '));
  const used = new Set(made.flatMap(([, codes = '']) => codes.split(',')));
  for (const code of [
    'GLOBAL',
    'STACK_GLOBAL',
    'PUT',
    'GET',
    'BINPUT',
    'LONG_BINPUT',
    'MEMOIZE',
    'LONG_BINGET',
    'FRAME',
  ])
    assert.ok(used.has(code), code);
  const asked = python(ASKED, made.map(([hex]) => `${hex}\n`).join(''));
  assert.is(asked.length, 12);
  for (const [index, [hex = '']] of made.entries()) {
    const bytes = Buffer.from(hex, 'hex');
    const names = [...new Set(JSON.parse(asked[index] ?? '') as string[])];
    const file = await read(bytes);
    assert.equal(file.uses.map(nameOf), names);
    assert.is(file.end, bytes.length);
    assert.equal(file.uses.filter((one) => judge(one) === 'dangerous').map(nameOf), ['posix.system', 'posix.getpid']);
  }
});

test.run();
