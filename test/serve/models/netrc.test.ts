import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { netrcLogin } from '#serve/models/netrc.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

test(
  'the login of a host is that of its own entry, the first one',
  inFolder({}, async ({ path, write }) => {
    const login = (text: string, host = 'h.example'): Promise<string | undefined> => {
      write({ netrc: text });
      return netrcLogin(host, { NETRC: join(path, 'netrc') });
    };
    for (const [text, found] of [
      ['machine h.example login ann password p', 'ann:p'],
      ['machine H.Example\n\tlogin ann\n\tpassword p\n', 'ann:p'],
      ['machine h.example password p login ann account x', 'ann:p'],
      ['machine h.example login ann', 'ann:'],
      ['machine h.example password p', ':p'],
      ['machine h.example', ':'],
      ['machine h.example account login password p', ':p'],
      ['machine other login eve password no machine h.example login ann password p', 'ann:p'],
      ['machine h.example login ann password p machine h.example login eve password no', 'ann:p'],
      ['machine h.example login ann default login eve password no', 'ann:'],
      ['default login eve password no', undefined],
      ['machine other login h.example password no', undefined],
      ['# machine h.example login eve password no', undefined],
      ['machine h.example login "ann b" password "a\\"b\\\\c"', 'ann b:a"b\\c'],
      ['macdef init\nmachine h.example login eve\n\nmachine h.example login ann password p', 'ann:p'],
      ['macdef init\nmachine h.example login eve', undefined],
      ['', undefined],
    ] as const)
      assert.is(await login(text), found, text);
    assert.is(await login('machine h.example login ann', 'g.example'), undefined);
  }),
);

test(
  'NETRC names the file and has to be there; without it the one of the home directory need not',
  inFolder({ '.netrc': 'machine h login home password h' }, async ({ path, write }) => {
    assert.is(await netrcLogin('h', { HOME: path }), 'home:h');
    assert.is(await netrcLogin('h', { HOME: path, NETRC: '' }), 'home:h');
    assert.is(await netrcLogin('h', { HOME: join(path, 'none') }), undefined);
    write({ other: 'machine h login named' });
    assert.is(await netrcLogin('h', { HOME: path, NETRC: join(path, 'other') }), 'named:');
    const none = join(path, 'none');
    const error = await rejectsWith('ERR_MODEL_DOWNLOAD', () => netrcLogin('h', { HOME: path, NETRC: none }));
    assert.match(error.message, `The file ${none} of NETRC cannot be read: ENOENT`);
  }),
);

test.run();
