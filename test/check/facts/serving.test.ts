import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig, readServing } from '#check/facts/serving.js';
import { rejectsWith } from '../../support/rejects.js';
import { archiveOf, manifestOf } from './archive-of.js';

/** What a configuration comes to: its fields, or its fault with the place. */
async function parsed(text: string): Promise<unknown> {
  const archive = archiveOf({ 'c.yaml': text });
  const [entry] = archive.entries;
  if (entry === undefined) throw new Error('there is an entry');
  const { value, fault } = await parseConfig(archive, entry);
  return fault === undefined ? value : [fault.message, fault.line, fault.column];
}

const DEEP = ['it is nested too deeply', 1, 1];

test('a configuration is an object of YAML; anything else is an empty one', async () => {
  assert.equal(await parsed('batchSize: 4\nhandler: { a: [1, 2] }\n'), { batchSize: 4, handler: { a: [1, 2] } });
  for (const text of ['', '- 1\n', 'text', '7']) assert.equal(await parsed(text), {});
});

test('what is not YAML is told with its place, and an alias that grows too often', async () => {
  const [message, line, column] = (await parsed('a: 1\nb: "x\n')) as unknown[];
  assert.match(String(message), /quote/i);
  assert.equal([line, column], [3, 1]);
  const bomb = [
    'a: &a [1, 1]',
    ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]}, `.repeat(9)}1]`),
  ];
  const [why, atLine, atColumn] = (await parsed(`${bomb.join('\n')}\n`)) as unknown[];
  assert.match(String(why), /alias/i);
  assert.equal([atLine, atColumn], [1, 1]);
});

test('a hundred levels are read, one more is not, in brackets as in dashes; closed brackets count no more', async () => {
  const brackets = (depth: number): string => `a: ${'['.repeat(depth)}${']'.repeat(depth)}`;
  assert.ok(!Array.isArray(await parsed(brackets(100))));
  assert.equal(await parsed(brackets(101)), DEEP);
  assert.equal(await parsed(`a: ${'{'.repeat(101)}`), DEEP);
  assert.ok(!Array.isArray(await parsed(`a: [${'[], {}, '.repeat(200)}]`)), 'side by side');
  assert.equal(await parsed(`a: "${']}'.repeat(200)}"\nb: ${'['.repeat(101)}`), DEEP, 'closing early earns nothing');
  assert.ok(!Array.isArray(await parsed(`a:\n  ${'- '.repeat(100)}1`)));
  assert.equal(await parsed(`a:\n  ${'- '.repeat(101)}1`), DEEP);
  assert.equal(await parsed(`${'? '.repeat(101)}1`), DEEP);
  assert.ok(
    !Array.isArray(await parsed(`a: ${'- '.repeat(200)}`.replace('a: -', 'a: "-').concat('"'))),
    'later in a line',
  );
});

test('what the server is asked for are the numbers of the file that the manifest names', async () => {
  const archive = archiveOf({
    'c.yaml': 'batchSize: 4\nminWorkers: 1\nmaxWorkers: "2"\nother: 5\n',
    'large.yaml': `a: ${'x'.repeat(64 * 1024)}`,
    'broken.yaml': 'a: [',
  });
  assert.equal(await readServing(archive, manifestOf({ configFile: 'c.yaml' })), {
    entry: 'c.yaml',
    batchSize: 4,
    minWorkers: 1,
  });
  assert.equal(await readServing(archive, manifestOf({ configFile: 'broken.yaml' })), { entry: 'broken.yaml' });
  for (const configFile of ['none.yaml', 7, undefined])
    assert.is(await readServing(archive, manifestOf({ configFile })), undefined);
  await rejectsWith('ERR_ENTRY_TOO_LARGE', () => readServing(archive, manifestOf({ configFile: 'large.yaml' })));
});

test.run();
