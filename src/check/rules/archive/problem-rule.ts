import type { ArchiveProblem, ProblemCode } from '#archive/problem.js';
import { defineRule, type Rule, type RuleWords } from '../../rule.js';

/** How both servers read an archive. */
export const STREAM =
  'Multi Model Server and TorchServe unpack an archive as a stream and never read its central directory';
export const TRUST = 'A file that two readers understand differently can pass a check and then run something else.';
export const REPACK = 'Pack the archive again from its sources.';
export const COPY =
  'Copy or download the archive again and compare its size with the original; if it stays, pack it again.';

/** A rule that reports one problem code of the archive reader, word for word. */
export function problemRule(
  code: ProblemCode,
  words: RuleWords,
  applies: (problem: ArchiveProblem) => boolean = () => true,
): Rule {
  return defineRule({
    ...words,
    needs: ['source', 'integrity'],
    *check({ source, integrity }) {
      // Content that is refused for a problem of the structure fails with that same problem.
      for (const problem of new Set([...source.problems, ...integrity.problems])) {
        if (problem.code !== code || !applies(problem)) continue;
        yield {
          message: problem.message,
          ...(problem.entry !== undefined && { at: { entry: problem.entry } }),
          ...(problem.found !== undefined && { found: problem.found }),
          ...(problem.expected !== undefined && { expected: problem.expected }),
        };
      }
    },
  });
}
