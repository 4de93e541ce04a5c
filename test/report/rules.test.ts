import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rules } from '#index.js';
import { rulesPage, rulesReport } from '#report/rules.js';

const all = await rules();

test('docs/rules.md is what `mar rules --format markdown` prints', () => {
  const page = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
  assert.is(
    page,
    rulesPage(all),
    'run: npx tsx --conditions=mar-source src/bin/mar.ts rules --format markdown > docs/rules.md',
  );
});

test('every rule has its heading in docs/rules.md, every heading its rule, and pages lead to headings', () => {
  const page = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading ?? '');
  assert.equal(
    headings,
    all.map(({ id, name }) => `${id} ${name}`),
  );
  const anchors = new Set(headings.map((heading) => heading.toLowerCase().replaceAll(' ', '-')));
  for (const rule of all) assert.ok(anchors.has(rule.page.split('#')[1] ?? ''), rule.page);
});

test('the list has one line per rule, in groups', () => {
  const text = rulesReport(all, { color: false });
  for (const { id, name, summary } of all) assert.match(text, new RegExp(`^  ${id}  ${name} .*`, 'm'), summary);
  assert.match(text, /^Device$/m);
  assert.match(text, new RegExp(`\n${all.length} rules .*\n$`));
});

test('on a terminal nothing is wider than it', async () => {
  for (const columns of [72, 80]) {
    const texts = [rulesReport(all, { color: false, columns })];
    for (const rule of all) texts.push(rulesReport([rule], { color: false, columns }).split('fails\n')[0] ?? '');
    for (const line of texts.join('\n').split('\n')) assert.ok(line.length <= columns, line);
  }
});

test('one rule is explained with a failing and a passing example, by id or name', async () => {
  for (const name of ['MAR304', 'mar304', 'entry-point-missing']) {
    const text = rulesReport(await rules(name), { color: false });
    for (const part of [
      'MAR304 entry-point-missing',
      'why it matters',
      'how to fix it',
      '"handler": "echo:doesnotexist"',
      '"handler": "echo:handle"',
    ])
      assert.ok(text.includes(part), part);
  }
});

test.run();
