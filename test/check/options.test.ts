import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSettings } from '#check/options.js';
import { thrown } from '../support/rejects.js';

test('without options: the implied targets, nothing ignored, every level as the rules say', () => {
  const { targets, ignores, levels, strict } = readSettings({});
  assert.equal([targets, ignores, levels.size, strict], [undefined, [], 0, false]);
  assert.is(readSettings({ target: [] }).targets, undefined);
  assert.is(readSettings({ strict: true }).strict, true);
});

test('targets are known in any case, each counts once, and another one is an error with the nearest', () => {
  assert.equal(readSettings({ target: ['MMS', 'local', 'mms'] }).targets, ['mms', 'local']);
  const error = thrown(() => readSettings({ target: ['torchserv'] }));
  assert.equal(
    [error.code, error.message, error.hint],
    [
      'ERR_TARGET_UNKNOWN',
      "there is no target 'torchserv' (did you mean 'torchserve'?)",
      'targets are local, mms, torchserve, sagemaker',
    ],
  );
});

test('an ignore is a rule, or a rule in the entries that a pattern matches as a whole', () => {
  const [whole, some] = readSettings({ ignore: ['path-escapes', 'MAR117:lib/*.py+(x)'] }).ignores;
  assert.equal([whole?.text, whole?.rule.id, whole?.entry], ['path-escapes', 'MAR116', undefined]);
  assert.equal([some?.text, some?.rule.id], ['MAR117:lib/*.py+(x)', 'MAR117']);
  const matches = (entry: string): boolean | undefined => some?.entry?.test(entry);
  assert.equal(
    ['lib/a/b.py+(x)', 'lib/.py+(x)', 'xlib/a.py+(x)', 'lib/a.py+(x)y', 'lib/aXpy+(x)', 'lib/a.pyy(x)'].map(matches),
    [true, true, false, false, false, false],
  );
  assert.is(thrown(() => readSettings({ ignore: ['nothing:x'] })).code, 'ERR_RULE_UNKNOWN');
});

test('a level is that of a rule, by id or name; what is none is an error with the nearest', () => {
  const { levels } = readSettings({ severity: ['path-escapes=note', 'mar117=off', 'MAR118=error', 'MAR119=warning'] });
  assert.equal(Object.fromEntries(levels), { MAR116: 'note', MAR117: 'off', MAR118: 'error', MAR119: 'warning' });
  const error = thrown(() => readSettings({ severity: ['MAR116=eror'] }));
  assert.equal(
    [error.code, error.message, error.hint],
    [
      'ERR_SEVERITY_UNKNOWN',
      "'MAR116=eror' is not RULE=LEVEL (did you mean 'error'?)",
      'levels are note, warning, error, off, for example --severity unknown-field=error',
    ],
  );
  for (const text of ['MAR116', 'MAR116=', 'MAR116=ERROR', '=', 'off'])
    assert.is(thrown(() => readSettings({ severity: [text] })).code, 'ERR_SEVERITY_UNKNOWN', text);
  assert.is(thrown(() => readSettings({ severity: ['nothing=off'] })).code, 'ERR_RULE_UNKNOWN');
  const { code, message } = thrown(() =>
    readSettings({ severity: ['MAR116=off', 'path-escapes=note', 'MAR116=error'] }),
  );
  assert.equal([code, message], ['ERR_SEVERITY_UNKNOWN', 'MAR116 is given two levels, off and note']);
  assert.is(readSettings({ severity: ['MAR116=off', 'path-escapes=off'] }).levels.get('MAR116'), 'off');
});

test.run();
