import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { test } from 'uvu';
import { DIGEST_RULES } from '#check/rules/archive/digests.js';
import { forgeTgz } from '../../../hostile/forge-tar.js';
import {
  type Files,
  manifest,
  PYTHON_HANDLER,
  pythonFiles,
  SCRIPT_HANDLER,
  scriptFiles,
} from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

const sha256 = createHash('sha256').update(SCRIPT_HANDLER).digest('hex');
const size = SCRIPT_HANDLER.length;
const recorded = (entries: Readonly<Record<string, unknown>>, more: Readonly<Record<string, string>> = {}): Files =>
  scriptFiles(more, { entries });
const tar = (folder: string) => (path: string) =>
  writeFileSync(
    path,
    forgeTgz([
      { name: `${folder}MAR-INF/MANIFEST.json`, data: manifest() },
      { name: `${folder}service.py`, data: PYTHON_HANDLER },
    ]),
  );

await tellRules(DIGEST_RULES, [
  [
    'as it was packed',
    recorded({ 'service.mjs': { size, sha256 } }),
    ['MAR137 the archive is a zip; found zip; expected tgz-flat'],
  ],
  [
    'changed',
    recorded({ 'service.mjs': { size, sha256: '0'.repeat(64) } }),
    [
      'MAR131 service.mjs was changed after packing @ service.mjs; found 8f56e3e48a9ae1e2372e1d060493e8488d8383616efdfa3acbb5d8dba30f8c6d; expected 0000000000000000000000000000000000000000000000000000000000000000',
      'MAR137 the archive is a zip; found zip; expected tgz-flat',
    ],
  ],
  [
    'gone',
    recorded({ 'service.mjs': { size, sha256 }, 'lib/gone.txt': { size: 1, sha256 } }),
    [
      'MAR132 lib/gone.txt is recorded in the manifest and not in the archive @ lib/gone.txt',
      'MAR137 the archive is a zip; found zip; expected tgz-flat',
    ],
  ],
  [
    'added',
    recorded({ 'service.mjs': { size, sha256 } }, { 'added.txt': 'x' }),
    [
      'MAR133 added.txt was added after packing @ added.txt',
      'MAR137 the archive is a zip; found zip; expected tgz-flat',
    ],
  ],
  ['nothing recorded', pythonFiles(), ['MAR137 the archive is a zip; found zip; expected tgz-flat']],
  [
    'a tar of which the files lie at the top',
    tar(''),
    [
      'MAR134 the archive is a gzipped tar; found tgz; expected zip or a directory [mms]',
      'MAR134 the files of the tar do not lie in one folder; expected NAME/MAR-INF/MANIFEST.json [torchserve]',
    ],
  ],
  [
    'a tar of one folder',
    tar('cats/'),
    [
      'MAR134 the archive is a gzipped tar; found tgz; expected zip or a directory [mms]',
      'MAR137 the files of the tar lie in the folder cats: a server with load_models=ALL loads it, the inference toolkit does not; found tgz; expected tgz-flat',
    ],
  ],
  [
    'a handler of 600 kB',
    pythonFiles({ 'service.py': `T = '${'x'.repeat(600_000)}'\n${PYTHON_HANDLER}` }),
    [
      'MAR137 the archive is a zip; found zip; expected tgz-flat',
      'MAR138 7.mar: entry "service.py" has 600105 bytes, more than the 524288 that are read at once',
    ],
  ],
]);

test.run();
