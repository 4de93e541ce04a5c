import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { missingCommand } from '../../support/commands.js';
import { inFolder } from '../../support/model-folder.js';
import { testUnless } from '../../support/test-unless.js';

testUnless(
  missingCommand('python3'),
  test,
  'more than 65,535 entries are zip64 that Python reads',
  inFolder({ 'm/service.py': 'def handle(d, c):\n    return d\n' }, async ({ path, write }) => {
    const many = Array.from(
      { length: 66_000 },
      (_, index) => [`m/many/${index % 100}/${index}`, String(index)] as const,
    );
    write(Object.fromEntries(many));
    const { target } = await pack({ modelName: 'x', modelPath: 'm', handler: 'service:handle', cwd: path });
    const script = [
      'import sys,zipfile',
      'z=zipfile.ZipFile(sys.argv[1])',
      'print(len(z.namelist()), z.read("many/99/65999").decode())',
    ].join('\n');
    assert.is(execFileSync('python3', ['-c', script, target], { encoding: 'utf8' }).trim(), '66002 65999');
  }),
);

test.run();
