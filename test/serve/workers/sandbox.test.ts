import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSandbox } from '#serve/workers/sandbox.js';
import { inFolder } from '../../support/model-folder.js';

const SETTINGS = { sandboxEnv: ['GIVEN'], modelStore: '/store', keyFile: '/keys', configFile: '/config.properties' };
const ENV = { PATH: '/bin', GIVEN: 'a', SECRET: 'b', NETRC: '/netrc', TMPDIR: '/tmp' };

test(
  'a sandbox has a directory of its own, the allowed variables, and neither the store nor keys and logins',
  inFolder({}, async ({ path }) => {
    const { options } = await makeSandbox(SETTINGS, ENV, { path });
    const [name = ''] = readdirSync(path);
    const run = join(path, name);
    assert.equal(options.contain, { run, hidden: ['/store', '/keys', '/config.properties', '/netrc'] });
    const { GIVEN, SECRET, TMPDIR = '' } = options.env;
    assert.equal([GIVEN, SECRET, TMPDIR], ['a', undefined, join(run, 'tmp')]);
    assert.ok(existsSync(TMPDIR));
  }),
);

test(
  'its directory goes when the worker is gone, and when none was started',
  inFolder({}, async ({ path }) => {
    const [one, two] = [await makeSandbox(SETTINGS, ENV, { path }), await makeSandbox(SETTINGS, ENV, { path })];
    assert.is(readdirSync(path).length, 2);
    await one.options.onGone();
    assert.equal(
      readdirSync(path).map((name) => join(path, name)),
      [two.options.contain.run],
    );
    await two.remove();
    assert.equal(readdirSync(path), []);
  }),
);

test.run();
