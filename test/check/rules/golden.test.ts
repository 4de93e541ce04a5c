import { test } from 'uvu';
import { GOLDEN_RULES } from '#check/rules/golden.js';
import { pythonFiles, scriptFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const files = (text: string, more: Readonly<Record<string, string>> = {}) =>
  scriptFiles({ 'MAR-INF/tests/a.json': text, ...more });

await tellRules(GOLDEN_RULES, [
  ['a good case', files('{ "request": { "json": {} }, "expect": { "text": "ok" } }'), []],
  [
    'a case that is not JSON',
    files('{\n  "request": { "json": {} },\n}'),
    ['MAR501 MAR-INF/tests/a.json is not JSON: property name expected @ MAR-INF/tests/a.json 3:1'],
  ],
  [
    'a case that is no object',
    files('[]'),
    ['MAR501 MAR-INF/tests/a.json: the whole file must be object @ MAR-INF/tests/a.json# 1:1'],
  ],
  [
    'a case without an answer',
    files('{ "request": { "json": {} } }'),
    ["MAR501 MAR-INF/tests/a.json: the whole file lacks 'expect' @ MAR-INF/tests/a.json# 1:1"],
  ],
  [
    'a misspelt field',
    files('{\n  "reqest": { "json": {} },\n  "expect": { "text": "ok" }\n}'),
    [
      "MAR501 MAR-INF/tests/a.json: /reqest is not known (did you mean 'request'?) @ MAR-INF/tests/a.json#/reqest 2:3",
      "MAR501 MAR-INF/tests/a.json: the whole file lacks 'request' @ MAR-INF/tests/a.json# 1:1",
    ],
  ],
  [
    'a field of a wrong kind',
    files('{\n  "request": { "file": 5 },\n  "expect": {}\n}'),
    ['MAR501 MAR-INF/tests/a.json: /request/file must be string @ MAR-INF/tests/a.json#/request/file 2:16'],
  ],
  [
    'a negative tolerance',
    files('{\n  "request": { "json": {} },\n  "expect": { "json": 1, "tolerance": -1 }\n}'),
    ['MAR501 MAR-INF/tests/a.json: /expect/tolerance must be >= 0 @ MAR-INF/tests/a.json#/expect/tolerance 3:26'],
  ],
  [
    'a request file that is not there',
    files('{\n  "request": { "file": "cat.png" }, "expect": {}\n}'),
    [
      'MAR502 MAR-INF/tests/a.json sends cat.png, which is not in the archive @ MAR-INF/tests/a.json#/request/file 2:16; found cat.png',
    ],
  ],
  ['a request file outside the folder', files('{ "request": { "file": "../../service.mjs" }, "expect": {} }'), []],
  [
    'a request file that is there',
    files('{ "request": { "file": "cat.png" }, "expect": {} }', { 'MAR-INF/tests/cat.png': 'x' }),
    [],
  ],
  ['no case', scriptFiles(), ['MAR503 there is no golden case; expected MAR-INF/tests/*.json']],
  ['no case in an archive of somebody else', pythonFiles(), []],
  [
    'no case in a Python archive of ours',
    pythonFiles({}, { extensions: { modelArchiver: { version: '2.0.0' } } }),
    ['MAR503 there is no golden case; expected MAR-INF/tests/*.json'],
  ],
]);

test.run();
