import { beside } from '#inside.js';
import { shownName } from './entry-path.js';
import type { ProblemList } from './problem.js';

/**
 * Reports a link of an archive whose target is outside of it. `target` as recorded: absolute, with a drive, or relative to the folder of
 * the link, as in a zip or a symbolic link of a tar. Returns whether it is.
 */
export function checkLinkTarget(path: string, target: string, problems: ProblemList): boolean {
  const slashed = target.replaceAll('\\', '/');
  if (!/^[A-Za-z]:/.test(slashed) && beside(path, slashed) !== undefined) return false;
  const entry = shownName(path);
  problems.add('ERR_ENTRY_LINK_OUT', `entry "${entry}" is a link that leads out of the archive`, {
    entry,
    found: shownName(target),
    expected: 'a path inside it',
  });
  return true;
}
