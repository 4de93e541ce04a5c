import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG_KEYS, type ConfigKey } from '#serve/config/keys.js';

/** The rows of the table in docs/serve-local.md, as the code has them. */
function table(): string[] {
  const keys: [string, ConfigKey][] = Object.entries(CONFIG_KEYS);
  return keys.map(([name, { about, default: value, ours }]) => {
    const origin = ours ? ' (ours)' : '';
    return `| \`${name}\`${origin} | ${value === undefined ? '' : `\`${value}\``} | ${about} |`;
  });
}

test('docs/serve-local.md lists every key with its default', async () => {
  const text = await readFile(new URL('../../../docs/serve-local.md', import.meta.url), 'utf8');
  const [, afterMark = ''] = text.split('<!-- keys:');
  const documented = afterMark.split('\n').filter((line) => line.startsWith('| `'));
  assert.equal(documented, table());
});

test('schemas/server-config.schema.json knows every key and its type', async () => {
  const text = await readFile(new URL('../../../schemas/server-config.schema.json', import.meta.url), 'utf8');
  const { properties } = JSON.parse(text) as { properties: Record<string, { pattern?: string; description: string }> };
  assert.equal(Object.keys(properties), Object.keys(CONFIG_KEYS));
  for (const [name, { kind, about }] of Object.entries(CONFIG_KEYS)) {
    assert.is(properties[name]?.description, about);
    assert.is(
      properties[name]?.pattern,
      { count: '^\\d+$', boolean: '^(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$' }[kind as string],
    );
  }
});

test.run();
