import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { declarationProblems } from '#manifest/declaration-problems.js';

const CASES: readonly (readonly [value: unknown, ...problems: string[]])[] = [
  [{ a: { type: 'string', default: 'x' }, b: { type: 'tensor', shape: [null, 3], elements: 'uint8' } }],
  [[], ' must be object'],
  [{}, ' must NOT have fewer than 1 properties'],
  [{ a: {} }, "/a lacks 'type'"],
  [
    { a: { type: 'int' } },
    '/a/type must be one of "string", "integer", "number", "boolean", "json", "file", "image", "tensor"',
  ],
  [{ a: { type: 'integer', minimun: 1 } }, "/a/minimun is not known (did you mean 'minimum'?)"],
  [{ a: { type: 'string', minimum: 1 } }, '/a/minimum is nothing that an input of the type string has'],
  [{ a: { type: 'file', default: '' } }, '/a/default is nothing that an input of the type file has'],
  [{ a: { type: 'number', default: 1, optional: true } }, '/a/optional must not be there beside a default'],
  [{ a: { type: 'number', minimum: 1, default: 0 } }, '/a/default must be >= 1'],
  [{ a: { type: 'integer', choices: [1, 'b'] } }, '/a/choices/1 must be integer'],
  [{ a: { type: 'number', minimum: 2, maximum: 1 } }, '/a/minimum is 2, more than maximum, which is 1'],
  [{ 'a/b': { type: 'string', pattern: '(' } }, '/a~1b/pattern cannot be used: Invalid regular expression'],
  [
    { a: { type: 'json', schema: { tpye: 'object' } } },
    '/a/schema cannot be used: strict mode: unknown keyword: "tpye"',
  ],
  [{ a: { type: 'json', schema: { type: 'object' }, default: [] } }, '/a/default must be object'],
  [{ a: { type: 'tensor' } }, "/a lacks 'shape'"],
];

for (const [value, ...expected] of CASES)
  test(`${JSON.stringify(value)}: ${expected.join(', ') || 'in its form'}`, () => {
    const found = declarationProblems(value).map(({ pointer, message }) => `${pointer} ${message}`);
    assert.is(found.length, expected.length, found.join('\n'));
    for (const [index, problem] of expected.entries()) assert.match(found[index] ?? '', problem);
  });

test.run();
