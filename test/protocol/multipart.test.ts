import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { boundaryOf, MAX_FIELDS, readMultipart } from '#protocol/multipart.js';
import { thrownCode } from '../support/rejects.js';

const form = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'));
const part = (disposition: string, value: string, ...headers: string[]): string[] => [
  '--B',
  `Content-Disposition: form-data; ${disposition}`,
  ...headers,
  '',
  value,
];
/** Parts as `name type value`. */
const read = (body: Buffer): string[] =>
  readMultipart(body, 'B').map(({ name, contentType, value }) => `${name}|${contentType}|${value}`);

test('the boundary of a form, quoted or plain, wherever it stands; of nothing else', () => {
  assert.is(boundaryOf('multipart/form-data; boundary=abc'), 'abc');
  assert.is(boundaryOf('Multipart/Form-Data ; charset=x; Boundary="a b;c"'), 'a b;c');
  assert.is(boundaryOf('multipart/form-data; boundary=abc; charset=x'), 'abc');
  for (const type of [
    'multipart/form-data',
    'multipart/form-data;',
    'multipart/mixed; boundary=a',
    'text/plain; boundary=a',
    'x multipart/form-data; boundary=a',
  ]) {
    assert.is(boundaryOf(type), undefined, type);
  }
});

test('fields have no type, files have theirs or octets; values are bytes as they are', () => {
  const body = form(
    'preamble',
    ...part('name="a"', 'one\r\ntwo', 'Content-Type: text/plain'),
    ...part('name="f"; filename="x.png"', 'bytes', 'Content-Type: image/png; q=1'),
    ...part('name=g; filename=y', 'octets'),
    ...part('name="q\\"uote"', ''),
    '--B--',
    'epilogue',
  );
  assert.equal(read(body), ['a||one\r\ntwo', 'f|image/png|bytes', 'g|application/octet-stream|octets', 'q"uote||']);
});

test('a part that is cut off is dropped, and so is a body without the boundary', () => {
  assert.equal(read(form(...part('name="a"', '1'), ...part('name="b"', 'cut off'))), ['a||1']);
  assert.equal(read(form(...part('name="a"', '1'), '--B')), ['a||1']);
  assert.equal(read(Buffer.from('nothing of the kind')), []);
  assert.equal(read(Buffer.alloc(0)), []);
});

test('a part without a name or without an end of its headers is refused', () => {
  assert.is(
    thrownCode(() => read(form(...part('filename="x"', '1'), '--B--'))),
    'ERR_HTTP_MESSAGE',
  );
  assert.is(
    thrownCode(() => read(form('--B', 'Content-Disposition: form-data; name="a"', 'value', '--B--'))),
    'ERR_HTTP_MESSAGE',
  );
  const padding = 'x'.repeat(8192);
  assert.is(
    thrownCode(() => read(form(...part('name="a"', '1', `X: ${padding}`), '--B--'))),
    'ERR_HTTP_MESSAGE',
  );
  assert.equal(read(form(...part('name="a"', '1', `X: ${'x'.repeat(8000)}`), '--B--')), ['a||1']);
});

test('a thousand parts are read, one more is refused', () => {
  const parts = (count: number): Buffer =>
    form(...Array.from({ length: count }, () => part('name="a"', '1')).flat(), '--B--');
  assert.is(read(parts(MAX_FIELDS)).length, 1000);
  assert.is(
    thrownCode(() => read(parts(MAX_FIELDS + 1))),
    'ERR_HTTP_MESSAGE',
  );
});

test.run();
