import { MarError, messageOf } from '#errors/mar-error.js';
import type { TypeProblem } from '#handler/type-problems.js';
import type { PreparedHandler } from './handler/prepared-handler.js';
import type { PackWarning } from './result.js';

/** What a type check came to. */
export interface TypeOutcome {
  readonly problems: readonly TypeProblem[];
  readonly warnings: readonly PackWarning[];
}

/**
 * Waits for the type check of a handler. What cannot work whatever is sent is `ERR_HANDLER_CONTRACT`; other type errors and a checker that failed are said, and under `strict` they stop the
 * build: `ERR_HANDLER_TYPES` shows every error.
 */
export async function typeOutcome({ types, record }: PreparedHandler, strict: boolean): Promise<TypeOutcome> {
  try {
    const problems = (await types?.problems) ?? [];
    const fatal = problems.filter(({ isFatal }) => isFatal);
    if (fatal.length > 0) throw contractErrors(record?.source ?? '', fatal);
    if (strict && problems.length > 0) throw typeErrors(record?.source ?? '', problems);
    return { problems, warnings: [] };
  } catch (error) {
    if (strict || (error instanceof MarError && error.code === 'ERR_HANDLER_CONTRACT')) throw error;
    return { problems: [], warnings: [{ code: 'types-unchecked', message: messageOf(error) }] };
  }
}

function typeErrors(source: string, problems: readonly TypeProblem[]): MarError {
  const count = problems.length === 1 ? 'a type error' : `${problems.length} type errors`;
  return new MarError(`The handler ${source} has ${count}.`, {
    code: 'ERR_HANDLER_TYPES',
    detail: problems.map(describeProblem).join('\n'),
    hint: 'Without --strict they are warnings.',
  });
}

function describeProblem({ file, line, column, code, message, frame }: TypeProblem): string {
  return `${file}:${line}:${column}: ${code}: ${message}\n${frame}`;
}

function contractErrors(source: string, problems: readonly TypeProblem[]): MarError {
  return new MarError(`The handler ${source} cannot work as the runner calls it.`, {
    code: 'ERR_HANDLER_CONTRACT',
    detail: problems.map(describeProblem).join('\n'),
  });
}
