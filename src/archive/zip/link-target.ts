import { buffer } from 'node:stream/consumers';
import type { ArchiveFile } from '../archive-file.js';
import { shownName } from '../entry-path.js';
import { checkLinkTarget } from '../links.js';
import type { ProblemList } from '../problem.js';
import { type ZipEntry, zipContent } from './zip-content.js';

/** The longest path that a system follows. */
const MAX_TARGET_BYTES = 4096;

/** Reports a symbolic link that leads out of the archive, or whose target cannot be read or is none. */
export async function checkLink(file: ArchiveFile, link: ZipEntry | undefined, problems: ProblemList): Promise<void> {
  if (link === undefined) return;
  const target = link.size > MAX_TARGET_BYTES ? undefined : await buffer(zipContent(file, link)).catch(() => undefined);
  if (target !== undefined) checkLinkTarget(link.path, target.toString('utf8'), problems);
  else {
    const entry = shownName(link.path);
    problems.add('ERR_ENTRY_LINK_OUT', `entry "${entry}" is a link whose target cannot be read`, { entry });
  }
}
