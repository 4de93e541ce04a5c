import type { ErrorCode } from '#errors/codes.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { JobFailure } from '../../queue/job.js';
import type { Answer } from '../server/answer.js';
import { errorAnswer } from './answer-forms.js';

/** The status and the peers' exception name for each error code that reaches a client, and their sentence where it is not ours. */
const WIRE: Readonly<Partial<Record<ErrorCode, readonly [status: number, type: string, sentence?: string]>>> = {
  ERR_MANIFEST_MISSING: [400, 'InvalidModelException', 'Model name is not defined.'],
  ERR_MANIFEST_JSON: [400, 'InvalidModelException', 'Failed to parse signature.json.'],
  ERR_MANIFEST_INVALID: [400, 'InvalidModelException', 'Failed to parse signature.json.'],
  ERR_MANIFEST_NO_MODEL: [400, 'InvalidModelException', 'Missing Model entry in manifest file.'],
  ERR_MANIFEST_NO_SERVICE: [400, 'InvalidModelException', 'Missing Service entry in MANIFEST.json'],
  ERR_MANIFEST_NO_NAME: [400, 'InvalidModelException', 'Model name is not defined.'],
  ERR_MANIFEST_NAME: [400, 'InvalidModelException', 'Model name is not Unicode.'],
  ERR_MANIFEST_NO_HANDLER: [400, 'InvalidModelException', 'Model handler is not defined.'],
  ERR_MANIFEST_RUNTIME: [400, 'InvalidModelException', 'Runtime is not defined or invalid.'],
  ERR_MANIFEST_NO_ENGINE_NAME: [400, 'InvalidModelException', 'engineName is required in <engine>.'],
  ERR_ENTRY_TOO_LARGE: [400, 'InvalidModelException', 'Failed to parse signature.json.'],
  ERR_HTTP_MESSAGE: [400, 'BadRequestException', 'Invalid HTTP message.'],
  ERR_REQUEST_LATE: [408, 'RequestTimeoutException'],
  ERR_EXPECTATION: [417, 'BadRequestException'],
  ERR_TOKEN: [401, 'InvalidKeyException', 'Token Authorization failed.'],
  ERR_PARAMETER: [400, 'BadRequestException'],
  ERR_MODEL_INVALID: [400, 'InvalidModelException'],
  ERR_MODEL_DOWNLOAD: [400, 'DownloadModelException'],
  ERR_MODEL_DOWNLOAD_SIZE: [400, 'DownloadModelException'],
  ERR_FOREIGN_HOST: [403, 'BadRequestException'],
  ERR_FOREIGN_ORIGIN: [403, 'BadRequestException'],
  ERR_URL_NOT_ALLOWED: [403, 'InvalidModelException'],
  ERR_MODEL_NOT_FOUND: [404, 'ModelNotFoundException'],
  ERR_ROUTE: [404, 'ResourceNotFoundException', 'Requested resource is not found, please refer to API document.'],
  ERR_METHOD: [405, 'MethodNotAllowedException', 'Requested method is not allowed, please refer to API document.'],
  ERR_MODEL_REGISTERED: [409, 'ConflictStatusException'],
  ERR_MODEL_UNPACK: [500, 'InternalServerException'],
  ERR_MODEL_SAVE: [500, 'InternalServerException'],
  ERR_WORKER_START: [500, 'InternalServerException'],
  ERR_WORKER_START_MEMORY: [507, 'InternalServerException'],
  ERR_CLOSING: [503, 'ServiceUnavailableException'],
  ERR_NO_WORKER: [503, 'ServiceUnavailableException'],
};

/** Characters of a cause that an answer carries; the log has all of it. */
const MAX_CAUSE = 4000;

/** What a client hears of an error: the peers' sentence first, then, where `withDetail`, the cause and what to do. */
export function answerOfError(error: unknown, withDetail: boolean): Answer {
  const wire = error instanceof MarError ? WIRE[error.code] : undefined;
  if (!(error instanceof MarError) || !wire) return errorAnswer(500, 'InternalServerException', messageOf(error));
  const [status, type, sentence] = wire;
  const answer = errorAnswer(status, type, wordsOf(error, sentence, withDetail));
  return status === 401 ? { ...answer, headers: [['www-authenticate', 'Bearer']] } : answer;
}

function wordsOf(error: MarError, sentence: string | undefined, withDetail: boolean): string {
  if (sentence === undefined) return withDetail ? explained(error) : error.message;
  return withDetail ? `${sentence}\n${explained(error)}` : sentence;
}

/** The same for a job that no worker could answer. The status may be a handler's own; one that HTTP has not becomes 500. */
export function answerOfFailure(failure: JobFailure, withDetail: boolean): Answer {
  const { status, message } = failure;
  if (status === 200) return { status, body: 'error' };
  const sendable = status > 199 && status <= 999 ? status : 500;
  return errorAnswer(sendable, 'InternalServerException', withDetail ? explained(failure) : message);
}

function explained({ message, detail, hint }: Pick<JobFailure, 'message' | 'detail' | 'hint'>): string {
  const cause = detail && detail.length > MAX_CAUSE ? `${detail.slice(0, MAX_CAUSE)} …` : detail;
  return [message, cause, hint && `hint: ${hint}`].filter(Boolean).join('\n');
}
