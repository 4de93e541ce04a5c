import { isOursInPieces } from '../facts/code.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

/** MAR339: code for a processor, which nobody here can read. */
export const NATIVE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR339',
    name: 'native-code',
    severity: 'warning',
    summary: 'the archive holds native code, or loads some that is not of the system',
    why: 'A library for a processor does what it wants from the moment it is loaded, with the rights of the server, and no validator reads it. Honest archives have some: operators, bindings, an interpreter.',
    remedy:
      'Build it from sources that somebody has reviewed, or take it from a package of the server; then ignore the finding for it.',
    example: { failing: "ctypes.CDLL('./fast.so')", passing: "ctypes.CDLL('libgomp.so.1')" },
    needs: ['integrity', 'readable', 'review'],
    async check({ integrity, readable, review }) {
      const found: Draft[] = [];
      for (const entry of integrity.native)
        if (!(await isOursInPieces(readable, entry)))
          found.push({ message: `${entry.path} is native code`, at: { entry: entry.path } });
      for (const { entry, remarks } of review.files)
        for (const { kind, message, line, column } of remarks)
          if (kind === 'native') found.push({ message: `${entry} ${message}`, at: { entry, line, column } });
      return found;
    },
  }),
];
