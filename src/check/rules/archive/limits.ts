import type { Rule } from '../../rule.js';
import { problemRule } from './problem-rule.js';

/** MAR127 to MAR130: more than any real archive has. */
export const LIMIT_RULES: readonly Rule[] = [
  problemRule('ERR_LIMIT_ENTRIES', {
    id: 'MAR127',
    name: 'too-many-entries',
    severity: 'error',
    summary: 'the archive has more entries than the limit',
    why: 'Unpacking takes minutes and all inodes; models need a few hundred files at most.',
    remedy: 'Put many small files into one, or leave the virtual environment out.',
    example: { failing: 'a million empty files', passing: 'some hundred files' },
  }),
  problemRule('ERR_LIMIT_SIZE', {
    id: 'MAR128',
    name: 'too-large',
    severity: 'error',
    summary: 'the archive unpacks to more than the limit',
    why: 'It would fill the disk of the server.',
    remedy: 'Look at the largest entries with `mar inspect`; leave out what the handler does not read.',
    example: { failing: 'a 10 MB file that unpacks to 5 TB', passing: 'weights of some gigabytes' },
  }),
  problemRule('ERR_LIMIT_RATIO', {
    id: 'MAR129',
    name: 'compression-bomb',
    severity: 'error',
    summary: 'an entry is compressed beyond anything that is real data',
    why: 'A small file that unpacks to a huge one fills the disk of the server.',
    remedy: 'Do not load it unless you know what the entry is; store such data in a sparse format.',
    example: { failing: '1 MB that inflates to 1 GB', passing: 'text at a ratio of 10' },
  }),
  problemRule('ERR_LIMIT_PATH', {
    id: 'MAR130',
    name: 'path-too-long',
    severity: 'error',
    summary: 'a path is longer than file systems allow',
    why: 'Unpacking fails half-way.',
    remedy: 'Shorten the path and pack again.',
    example: { failing: 'a path of 5,000 characters', passing: 'a path under 200 characters' },
  }),
];
