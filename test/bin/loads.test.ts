import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/model-folder.js';

/** Writes down every specifier that is resolved. */
const HOOKS = `import { appendFileSync } from 'node:fs';
export function resolve(specifier, context, next) {
  appendFileSync(process.env.TEST_LOADED, specifier + '\\n');
  return next(specifier, context);
}`;
const data = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

test(
  'mar --help loads the parser of commands and no other heavy package',
  inFolder({}, ({ path }) => {
    const loaded = join(path, 'loaded.txt');
    const register = data(`import { register } from 'node:module'; register(${JSON.stringify(data(HOOKS))});`);
    const flags = ['--import', 'tsx', '--conditions=mar-source', '--import', register];
    const { status, stdout } = spawnSync(process.execPath, [...flags, 'src/bin/mar.ts', '--help'], {
      encoding: 'utf8',
      env: { ...process.env, TEST_LOADED: loaded },
    });
    assert.is(status, 0);
    assert.match(stdout, 'Usage: mar');
    assert.ok(existsSync(loaded));
    const asked = new Set(readFileSync(loaded, 'utf8').trim().split('\n'));
    const packages = [...asked].filter(
      (specifier) => /^@?[a-z]/.test(specifier) && !/^(node|file|data):/.test(specifier),
    );
    assert.equal(packages.sort(), ['commander', 'fastest-levenshtein']);
  }),
);

test.run();
