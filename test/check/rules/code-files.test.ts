import { test } from 'uvu';
import { CODE_RULES } from '#check/rules/code.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

/** Put together here, so that no scanner takes this file for a leak. */
const TOKEN = `${'gh'}${'p_'}16C7e42F292c6912E7710c838347Ae178B4a`;
const KEY = ['-----BEGIN RSA PRIVATE', 'KEY-----\nMIIEowIBAAKCAQEAu1SU1LfVLPHC\n'].join(' ');

await tellRules(CODE_RULES, [
  [
    'files that start by themselves',
    pythonFiles({
      'sitecustomize.py': '',
      'lib/usercustomize.pyc': 'x',
      'a.pth': 'lib\nimport x\n',
      'b.pth': 'lib\n',
      'c.py': '',
    }),
    [
      'MAR335 sitecustomize.py runs whenever a Python starts beside it @ sitecustomize.py',
      'MAR335 lib/usercustomize.pyc runs whenever a Python starts beside it @ lib/usercustomize.pyc',
      'MAR335 a.pth has lines that Python runs when it starts @ a.pth',
      'MAR337 lib/usercustomize.pyc has no source @ lib/usercustomize.pyc; expected lib/usercustomize.py',
    ],
  ],
  [
    'compiled code that has no source, or does not care for it',
    pythonFiles({
      'lib/a.pyc': '',
      'lib/b.pyc': '',
      'lib/b.py': '',
      '__pycache__/c.cpython-311.pyc': 'xxxx\x01\0\0\0',
      '__pycache__/d.cpython-311.pyc': 'xxxx\x03\0\0\0',
      '__pycache__/e.cpython-311.pyc': 'xxxx\0\0\0\0',
    }),
    [
      'MAR337 lib/a.pyc has no source @ lib/a.pyc; expected lib/a.py',
      'MAR337 __pycache__/c.cpython-311.pyc runs in place of its source, whatever that says @ __pycache__/c.cpython-311.pyc',
    ],
  ],
  [
    'compiled code in a zip, without its source',
    pythonFiles({
      'lib.zip': forgeZip([
        { name: 'a.pyc', data: Buffer.from('x') },
        { name: 'b.pyc', data: Buffer.from('x') },
        { name: 'b.py', data: Buffer.from('') },
        { name: '__pycache__/c.cpython-311.pyc', data: Buffer.from('x') },
      ]),
    }),
    ['MAR337 lib.zip!a.pyc has no source @ lib.zip!a.pyc; expected a.py'],
  ],
  [
    'credentials, which are named and not shown',
    pythonFiles({
      'conf/.env': 'X=1\n',
      'config.json': `{\n  "token": "${TOKEN}"\n}\n`,
      'key.txt': KEY,
      'data.bin': Buffer.concat([Buffer.from(TOKEN), Buffer.alloc(2 ** 20)]).toString('latin1'),
    }),
    [
      'MAR336 conf/.env is a credential: environment file @ conf/.env',
      'MAR336 config.json holds a credential: github credential @ config.json 2:1',
      'MAR336 key.txt holds a credential: private key @ key.txt 1:1',
    ],
  ],
]);

test.run();
