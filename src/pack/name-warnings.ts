import { archiveEnding } from '#archive/formats.js';
import type { PackWarning } from './result.js';

/** Windows forbids these characters and device names, and a dot or space at the end of a name. */
const FORBIDDEN = /[<>:"|?*\\\p{Cc}]|[. ](\/|$)|(^|\/)(con|prn|aux|nul|com[1-9]|lpt[1-9])([./]|$)/iu;
const ASCII = /^[\0-\x7f]*$/;
/** MAX_PATH of Windows. */
const LONG_PATH = 260;

/** A name that already looks like a file name gives an archive with two endings. */
export function modelNameWarnings(modelName: string, target: string): PackWarning[] {
  if (archiveEnding(modelName) === undefined) return [];
  return [
    { code: 'name-ending', message: `The model is called ${modelName}, ending included: the result is ${target}.` },
  ];
}

/** Paths that will be trouble on another system: forbidden by Windows, very long, or the same but for case or Unicode form. */
export function nameWarnings(paths: readonly string[]): PackWarning[] {
  const warnings: PackWarning[] = [];
  const seen = new Map<string, string>();
  for (const path of paths) {
    if (path.length > LONG_PATH) {
      warnings.push({
        code: 'long-path',
        message: `${path} is ${path.length} characters long; Windows stops at ${LONG_PATH}.`,
      });
    }
    if (FORBIDDEN.test(path)) {
      warnings.push({ code: 'windows-name', message: `${JSON.stringify(path)} cannot be extracted on Windows.` });
    }
    const folded = (ASCII.test(path) ? path : path.normalize('NFC')).toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      const difference = other.toLowerCase() === path.toLowerCase() ? 'in case' : 'in Unicode form';
      warnings.push({
        code: 'case-clash',
        message: `${other} and ${path} differ only ${difference}: Windows and macOS would keep one of them.`,
      });
    }
    seen.set(folded, path);
  }
  return warnings;
}
