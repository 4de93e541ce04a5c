import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { displayOf } from '../../src/cli/display.js';
import { runMar } from '../support/run-mar.js';

for (const argv of [['build', 'm', '--nope'], ['nope'], ['extract'], ['serve-local', '--log-format', 'xml']]) {
  test(`mar ${argv.join(' ')} --json: the mistake is on standard output, too`, async () => {
    const { code, stdout, stderr } = await runMar([...argv, '--json']);
    assert.is(code, 2);
    const { error } = JSON.parse(stdout) as { error: Record<string, string> };
    assert.equal([error['code'], error['kind']], ['ERR_USAGE', 'usage']);
    assert.match(stderr, error['message'] ?? '');
  });
}

test('colours follow the terminal, NO_COLOR and FORCE_COLOR', () => {
  const color = (env: Record<string, string>, isTTY = true): boolean =>
    // Only these two are looked at.
    displayOf({ stdout: { isTTY }, env } as unknown as Parameters<typeof displayOf>[0]).color;
  assert.ok(color({}));
  assert.not(color({}, false));
  assert.not(color({ NO_COLOR: '1' }));
  assert.ok(color({ NO_COLOR: '' }));
  assert.not(color({ TERM: 'dumb' }));
  assert.ok(color({ FORCE_COLOR: '1' }, false));
  for (const off of ['0', 'false']) assert.not(color({ FORCE_COLOR: off }));
});

test.run();
