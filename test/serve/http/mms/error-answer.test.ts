import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorCode } from '#errors/codes.js';
import { MarError } from '#errors/mar-error.js';
import { answerOfError, answerOfFailure } from '#serve/http/mms/error-answer.js';
import type { Answer } from '#serve/http/server/answer.js';

const parsed = ({ body }: Answer): unknown => JSON.parse(String(body));

test('an error of ours has its status, the type of Multi Model Server, and where wanted the cause and what to do', () => {
  const error = new MarError('Model not found: x', { code: 'ERR_MODEL_NOT_FOUND', detail: 'a cause', hint: 'do this' });
  const whole = answerOfError(error, true);
  assert.equal([whole.status, whole.contentType], [404, 'application/json']);
  assert.equal(parsed(whole), {
    code: 404,
    type: 'ModelNotFoundException',
    message: 'Model not found: x\na cause\nhint: do this',
  });
  assert.equal(parsed(answerOfError(error, false)), {
    code: 404,
    type: 'ModelNotFoundException',
    message: 'Model not found: x',
  });
});

test('where the sentence is not ours, it comes first and ours below it', () => {
  const error = new MarError('"%" has a broken escape.', { code: 'ERR_HTTP_MESSAGE' });
  assert.equal(parsed(answerOfError(error, false)), {
    code: 400,
    type: 'BadRequestException',
    message: 'Invalid HTTP message.',
  });
  assert.equal(parsed(answerOfError(error, true)), {
    code: 400,
    type: 'BadRequestException',
    message: 'Invalid HTTP message.\n"%" has a broken escape.',
  });
});

test('of what is wrong with an archive the paths in it are told; of what went wrong on this machine only the ends of paths', () => {
  const told = (cause: unknown, code: ErrorCode = 'ERR_MODEL_UNPACK'): unknown => {
    const message = 'The entry /tmp/a/b is a link.';
    const error = new MarError(message, { code, subject: 'x.mar', cause });
    return Object(parsed(answerOfError(error, true))).message;
  };
  const first = 'Failed to save model: x.mar';
  assert.is(told(new MarError('m', { code: 'ERR_ENTRY_LINK' })), `${first}\nThe entry /tmp/a/b is a link.`);
  assert.is(told(new Error('m')), `${first}\nThe entry …/b is a link.`);
  assert.is(
    told(new MarError('m', { code: 'ERR_ENTRY_LINK' }), 'ERR_MODEL_SAVE'),
    `${first}\nThe entry …/b is a link.`,
  );
});

test('a missing token asks for one', () => {
  assert.equal(answerOfError(new MarError('no', { code: 'ERR_TOKEN' }), false).headers, [
    ['www-authenticate', 'Bearer'],
  ]);
  assert.is(answerOfError(new MarError('no', { code: 'ERR_ROUTE' }), false).headers, undefined);
});

test('an error that has no place in the table, or is none of ours, is a 500 with its message', () => {
  for (const error of [
    new MarError('odd', { code: 'ERR_ARCHIVE_DAMAGED', detail: 'secret' }),
    new TypeError('odd'),
    'odd',
  ]) {
    assert.equal(parsed(answerOfError(error, true)), { code: 500, type: 'InternalServerException', message: 'odd' });
  }
});

test('a failed job has its own status, if HTTP has it; 200 is the bare word', () => {
  const status = (given: number): number => answerOfFailure({ status: given, message: 'm' }, true).status;
  assert.equal([199, 201, 503, 999, 1000, 0].map(status), [500, 201, 503, 999, 500, 500]);
  assert.equal(answerOfFailure({ status: 200, message: 'm' }, true), { status: 200, body: 'error' });
  const failure = { status: 503, message: 'm', detail: 'd', hint: 'h' };
  assert.equal(parsed(answerOfFailure(failure, true)), {
    code: 503,
    type: 'InternalServerException',
    message: 'm\nd\nhint: h',
  });
  assert.equal(parsed(answerOfFailure(failure, false)), { code: 503, type: 'InternalServerException', message: 'm' });
});

test('each error of a request has its status and type', () => {
  const told = (code: ErrorCode): unknown[] => {
    const answer = answerOfError(new MarError('m', { code }), false);
    return [answer.status, Object(parsed(answer)).type];
  };
  const table: readonly (readonly [ErrorCode, number, string])[] = [
    ['ERR_HTTP_MESSAGE', 400, 'BadRequestException'],
    ['ERR_PARAMETER', 400, 'BadRequestException'],
    ['ERR_TOKEN', 401, 'InvalidKeyException'],
    ['ERR_FOREIGN_HOST', 403, 'BadRequestException'],
    ['ERR_FOREIGN_ORIGIN', 403, 'BadRequestException'],
    ['ERR_URL_NOT_ALLOWED', 403, 'InvalidModelException'],
    ['ERR_ROUTE', 404, 'ResourceNotFoundException'],
    ['ERR_NO_EXPLANATION', 404, 'ResourceNotFoundException'],
    ['ERR_METHOD', 405, 'MethodNotAllowedException'],
    ['ERR_REQUEST_LATE', 408, 'RequestTimeoutException'],
    ['ERR_MODEL_REGISTERED', 409, 'ConflictStatusException'],
    ['ERR_EXPECTATION', 417, 'BadRequestException'],
    ['ERR_MODEL_INVALID', 400, 'InvalidModelException'],
    ['ERR_MODEL_DOWNLOAD', 400, 'DownloadModelException'],
    ['ERR_MODEL_DOWNLOAD_SIZE', 400, 'DownloadModelException'],
    ['ERR_CLOSING', 503, 'ServiceUnavailableException'],
    ['ERR_NO_WORKER', 503, 'ServiceUnavailableException'],
  ];
  for (const [code, ...expected] of table) assert.equal(told(code), expected, code);
});

test('a cause is cut at 4000 characters', () => {
  const message = (length: number): unknown =>
    JSON.parse(String(answerOfFailure({ status: 500, message: 'm', detail: 'x'.repeat(length) }, true).body)).message;
  assert.is(message(4000), `m\n${'x'.repeat(4000)}`);
  assert.is(message(4001), `m\n${'x'.repeat(4000)} …`);
});

test.run();
