import { ARCHIVE_CODES } from './codes/archive.js';
import { BENCH_CODES } from './codes/bench.js';
import { COMMAND_LINE_CODES } from './codes/command-line.js';
import { CONTENT_CODES } from './codes/content.js';
import { DEPLOY_CODES } from './codes/deploy.js';
import { HANDLER_CODES } from './codes/handler.js';
import { PACK_CODES } from './codes/pack.js';
import { SERVE_CODES } from './codes/serve.js';
import { WORKER_CODES } from './codes/worker.js';
import type { CodeWords } from './error-kind.js';

/** The parts of the table, under the headings of docs/errors.md. */
export const CODE_GROUPS = {
  'Commands, flags and configuration': COMMAND_LINE_CODES,
  Packing: PACK_CODES,
  Handlers: HANDLER_CODES,
  Archives: ARCHIVE_CODES,
  'What an archive holds': CONTENT_CODES,
  'The local server': SERVE_CODES,
  'Workers, devices and services': WORKER_CODES,
  Measuring: BENCH_CODES,
  Deploying: DEPLOY_CODES,
} as const;

const CODES = {
  ...COMMAND_LINE_CODES,
  ...PACK_CODES,
  ...HANDLER_CODES,
  ...ARCHIVE_CODES,
  ...CONTENT_CODES,
  ...SERVE_CODES,
  ...WORKER_CODES,
  ...BENCH_CODES,
  ...DEPLOY_CODES,
} as const;

/** Every code that an error can carry. Codes are permanent: programs and scripts look for them. */
export type ErrorCode = keyof typeof CODES;

/** All of them, in the order of docs/errors.md. */
export const ERROR_CODES: Readonly<Record<ErrorCode, CodeWords>> = CODES;
