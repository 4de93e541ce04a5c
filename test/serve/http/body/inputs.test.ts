import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyInputs, mimeType } from '#protocol/body-inputs.js';
import type { SentParameter } from '#protocol/messages.js';
import { readInputs } from '#serve/http/body/inputs.js';
import { httpRequest } from '../../../support/http-request.js';
import { thrownCode } from '../../../support/rejects.js';

const FORM = 'application/x-www-form-urlencoded';
const words = (inputs: readonly SentParameter[]): string[] =>
  inputs.map(({ name, contentType, value }) => `${name}|${contentType}|${value}`);
const body = (contentType: string, text: string): string[] => words(bodyInputs(contentType, Buffer.from(text)));

test('a body is one input with its type, without parameters and in the case of the client', () => {
  assert.equal(body('application/json', '[1]'), ['body|application/json|[1]']);
  assert.equal(body('Text/Plain; charset=utf-8', 'x'), ['body|Text/Plain|x']);
  assert.equal(body('', ''), ['body||']);
  assert.is(mimeType(' a/b ;c'), 'a/b');
});

test('a form is its fields; a last one without a value is dropped, as in Multi Model Server', () => {
  assert.equal(body(FORM, 'a=1&b=x+y%26&c&d='), ['a||1', 'b||x y&', 'c||', 'd||']);
  assert.equal(body(`${FORM.toUpperCase()}; charset=utf-8`, 'a=1'), ['a||1']);
  assert.equal(body(FORM, 'a=1&b'), ['a||1']);
  assert.equal(body(FORM, 'a'), []);
  assert.equal(body(FORM, '=x&a=1'), ['a||1']);
  assert.equal(body(FORM, ''), []);
});

test('a thousand fields are read, one more is refused', () => {
  const fields = (count: number): string => Array.from({ length: count }, () => 'a=1').join('&');
  assert.is(body(FORM, fields(1000)).length, 1000);
  assert.is(
    thrownCode(() => body(FORM, fields(1001))),
    'ERR_HTTP_MESSAGE',
  );
});

test('a multipart body is its parts; without a boundary it is one input', () => {
  const text = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--';
  assert.equal(body('multipart/form-data; boundary=B', text), ['a||1']);
  assert.equal(body('multipart/form-data', 'x'), ['body|multipart/form-data|x']);
});

test('inputs of the query come first, where the path takes them', () => {
  const request = httpRequest('POST', '/invocations?x=1&y', { body: 'b', contentType: 'text/plain' });
  assert.equal(words(readInputs(request, true)), ['x||1', 'y||', 'body|text/plain|b']);
  assert.equal(words(readInputs(request, false)), ['body|text/plain|b']);
});

test.run();
