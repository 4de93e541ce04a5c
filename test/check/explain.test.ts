import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { runMar } from '../support/run-mar.js';
import { pythonFiles, zip } from './sample-archives.js';

const PICKLE = Buffer.from(
  '\x80\x02ccollections\nOrderedDict\n)Rcnets\nNet\n)\x81cposix\nsystem\nU\x02id\x85R.',
  'latin1',
);

test(
  'what a pickle imports and calls, on disk and in an archive, with places',
  inFolder({}, async ({ path: cwd }) => {
    writeFileSync(join(cwd, 'a.pkl'), PICKLE);
    writeFileSync(join(cwd, 'm.mar'), zip(pythonFiles({ 'x/a.pkl': PICKLE })));
    for (const path of ['a.pkl', 'm.mar:x/a.pkl']) {
      const { uses, passed, kinds, pickles } = await explain(path, { cwd, allowImport: ['nets.Net'] });
      assert.equal(
        uses.map(({ how, module, name, at, judgement }) => [how, module, name, at, judgement]),
        [
          ['called', 'collections', 'OrderedDict', 28, 'allowed'],
          ['made', 'nets', 'Net', 40, 'allowed'],
          ['called', 'posix', 'system', 60, 'dangerous'],
        ],
      );
      assert.equal([passed, kinds, pickles], [false, ['pickle'], 1]);
    }
    const whole = await explain('m.mar', { cwd });
    assert.equal(
      whole.uses.map(({ where }) => where),
      Array(3).fill('x/a.pkl'),
    );
    for (const path of ['b.pkl', 'm.mar:b.pkl'])
      await explain(path, { cwd }).then(
        () => assert.unreachable(),
        (error) => assert.is(error.code, 'ERR_ARCHIVE_NOT_FOUND'),
      );
  }),
);

test(
  'mar validate --explain prints it, for people and as JSON; exit code 1 where something is not on the list',
  inFolder({}, async ({ path: cwd }) => {
    writeFileSync(join(cwd, 'a.pkl'), PICKLE);
    writeFileSync(join(cwd, 'b.pkl'), Buffer.from('\x80\x02K\x01.', 'latin1'));
    const people = await runMar(['validate', '--explain', 'a.pkl'], { cwd });
    assert.is(people.code, 1);
    assert.is(
      people.stdout,
      `a.pkl: pickle
1 pickle, 3 imports
  byte 28  calls    collections.OrderedDict  on the list
  byte 40  creates  nets.Net                 NOT ON THE LIST
  byte 60  calls    posix.system             RUNS COMMANDS OR HIDES
Do not load it before somebody has looked at these lines.
`,
    );
    const machine = await runMar(['validate', '--explain', 'b.pkl', '--json'], { cwd });
    assert.is(machine.code, 0);
    assert.equal(JSON.parse(machine.stdout), {
      path: 'b.pkl',
      kinds: ['pickle'],
      pickles: 1,
      uses: [],
      codes: [],
      unproven: [],
      passed: true,
    });
    assert.is((await runMar(['validate', '--explain', 'b.pkl', 'a.mar'], { cwd })).code, 2);
  }),
);

test.run();
