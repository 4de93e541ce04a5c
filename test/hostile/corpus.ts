import type { Attack } from './attack.js';
import { DIRECTORIES } from './directories.js';
import { TGZ } from './tgz.js';
import { ZIP_CONTENT } from './zip-content.js';
import { ZIP_NAMES } from './zip-names.js';
import { ZIP_STRUCTURE } from './zip-structure.js';

/** The whole hostile corpus. Archives are built when asked for, so that nothing hostile lies in the repository. */
export const CORPUS: readonly Attack[] = [...ZIP_NAMES, ...ZIP_STRUCTURE, ...ZIP_CONTENT, ...TGZ, ...DIRECTORIES];
