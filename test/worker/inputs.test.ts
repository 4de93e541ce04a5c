import { test } from 'uvu';
import * as assert from 'uvu/assert';
// The worker's own modules have no name of their own: nobody but the child process imports them.
import { decodeInputs } from '../../src/worker/inputs.js';

test("a client's field names are only names", () => {
  const value = Buffer.from('{"body": "inherited"}');
  const inputs = decodeInputs([{ name: '__proto__', contentType: 'application/json', value }]);
  assert.is(inputs['body'], undefined);
  assert.equal(Object.keys(inputs), ['__proto__']);
});

test('of a repeated name the last one counts', () => {
  const named = (text: string) => ({ name: 'a', contentType: 'text/plain', value: Buffer.from(text) });
  assert.equal(decodeInputs([named('1'), named('2')]), { a: '2' });
});

test.run();
