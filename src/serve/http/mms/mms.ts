import type { Dialect } from '../server/dialect.js';
import { answerOfError } from './error-answer.js';
import { route } from './route.js';

/** The API of Multi Model Server 1.1.11, inference and management. */
export const mms: Dialect = { route, answerOfError };
