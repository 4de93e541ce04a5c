import type { ErrorCode } from '#errors/codes.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { JobFailure } from '../../queue/job.js';
import type { Answer } from '../server/answer.js';
import { withoutPaths } from '../server/without-paths.js';
import { errorAnswer } from './answer-forms.js';

/** The server's sentence where it is not ours; some name the model or the source, and need an error that knows it. */
type Sentence = string | ((subject: string) => string);

/** The status and the exception name of Multi Model Server for each error code that reaches a client, and its sentence. */
const WIRE: Readonly<Partial<Record<ErrorCode, readonly [status: number, type: string, sentence?: Sentence]>>> = {
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
  ERR_CONTENT_ENCODING: [415, 'BadRequestException'],
  ERR_BODY_ENCODING: [400, 'BadRequestException'],
  ERR_BODIES: [503, 'ServiceUnavailableException'],
  ERR_TOKEN: [401, 'InvalidKeyException', 'Token Authorization failed.'],
  ERR_PARAMETER: [400, 'BadRequestException'],
  ERR_MODEL_INVALID: [400, 'InvalidModelException'],
  ERR_MODEL_DOWNLOAD: [400, 'DownloadModelException', (url) => `Failed to download model from: ${url}`],
  ERR_MODEL_DOWNLOAD_SIZE: [400, 'DownloadModelException', (url) => `Failed to download model from: ${url}`],
  ERR_FOREIGN_HOST: [403, 'BadRequestException'],
  ERR_FOREIGN_ORIGIN: [403, 'BadRequestException'],
  ERR_URL_NOT_ALLOWED: [403, 'InvalidModelException'],
  ERR_MODEL_NOT_FOUND: [404, 'ModelNotFoundException'],
  ERR_ROUTE: [404, 'ResourceNotFoundException', 'Requested resource is not found, please refer to API document.'],
  ERR_NO_EXPLANATION: [404, 'ResourceNotFoundException'],
  ERR_METHOD: [405, 'MethodNotAllowedException', 'Requested method is not allowed, please refer to API document.'],
  ERR_ACCELERATOR: [404, 'ResourceNotFoundException'],
  ERR_MODEL_REGISTERED: [409, 'ConflictStatusException'],
  ERR_MODEL_UNPACK: [500, 'InternalServerException', (source) => `Failed to save model: ${source}`],
  ERR_MODEL_SAVE: [500, 'InternalServerException', (source) => `Failed to save model: ${source}`],
  ERR_WORKER_DIED: [500, 'InternalServerException', 'Worker died.'],
  ERR_WORKER_START: [500, 'InternalServerException', 'Failed to start workers'],
  ERR_WORKER_START_MEMORY: [507, 'InternalServerException', 'Failed to start workers'],
  ERR_CLOSING: [503, 'ServiceUnavailableException'],
  ERR_NO_WORKER: [
    503,
    'ServiceUnavailableException',
    (model) => `No worker is available to serve request for model: ${model}. Consider increasing job queue size.`,
  ],
};

/** Characters of a cause that an answer carries; the log has all of it. */
const MAX_CAUSE = 4000;

/** Codes of files that are not an archive at all: the server unpacks nothing and misses the manifest's name. */
const NO_ARCHIVE: ReadonlySet<ErrorCode> = new Set(['ERR_NOT_AN_ARCHIVE', 'ERR_ARCHIVE_PREFIX']);

/** What a client hears of an error: the server's sentence first, then, where `withDetail`, the cause and what to do. */
export function answerOfError(error: unknown, withDetail: boolean): Answer {
  const wire = error instanceof MarError ? WIRE[codeOf(error)] : undefined;
  if (!(error instanceof MarError) || !wire)
    return errorAnswer(500, 'InternalServerException', withoutPaths(messageOf(error)));
  const [status, type] = wire;
  // What is wrong with an archive may be a path in it.
  const shown = error.code === 'ERR_MODEL_UNPACK' && error.cause instanceof MarError ? asItIs : withoutPaths;
  const answer = errorAnswer(status, type, wordsOf({ ...said(error), code: codeOf(error) }, withDetail, shown));
  return status === 401 ? { ...answer, headers: [['www-authenticate', 'Bearer']] } : answer;
}

function codeOf(error: MarError): ErrorCode {
  const { cause } = error;
  return cause instanceof MarError && NO_ARCHIVE.has(cause.code) ? 'ERR_MANIFEST_MISSING' : error.code;
}

function said({ message, detail, hint, subject }: MarError): Told {
  return { message, detail, hint, ...(subject === undefined ? {} : { subject }) };
}

/** The same for a job that no worker could answer. The status may be a handler's own; one that HTTP has not becomes 500. */
export function answerOfFailure(failure: JobFailure, withDetail: boolean): Answer {
  const { status } = failure;
  if (status === 200) return { status, body: 'error' };
  const sendable = status > 199 && status <= 999 ? status : 500;
  return errorAnswer(sendable, 'InternalServerException', wordsOf(failure, withDetail));
}

type Told = Pick<JobFailure, 'code' | 'subject' | 'message' | 'detail' | 'hint'>;

const asItIs = (text: string): string => text;

/** `shown` takes out of a cause what strangers must not read. */
function wordsOf(
  { code, subject, message, detail, hint }: Told,
  withDetail: boolean,
  shown: (text: string) => string = withoutPaths,
): string {
  const sentence = code && WIRE[code]?.[2];
  const first = typeof sentence === 'function' ? subject && sentence(subject) : sentence;
  // What is a sentence of the server itself repeats at most what the client has sent.
  const told = first ? shown(message) : message;
  if (!withDetail) return first || told;
  const cause = detail && detail.length > MAX_CAUSE ? `${detail.slice(0, MAX_CAUSE)} …` : detail;
  const more = shown([cause, hint && `hint: ${hint}`].filter(Boolean).join('\n'));
  return [first, told, more].filter(Boolean).join('\n');
}
