import { messageOf } from '#errors/mar-error.js';
import type { TypecheckAnswer } from './start-typecheck.js';
import { typecheckHandler } from './typecheck.js';

/** The process behind `startTypecheck`: checks the handler named by its argument, answers once and ends. */
const answer: TypecheckAnswer = await typecheckHandler(process.argv[2] ?? '').then(
  (problems) => ({ problems }),
  (error: unknown) => ({ fault: messageOf(error) }),
);
process.send?.(answer, () => process.disconnect());
