import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProblemCode } from '#archive/problem.js';
import { type Attack, MANIFEST } from './attack.js';

type Row = readonly [name: string, plant: (directory: string) => void, expect: ProblemCode, why: string];

const ROWS: readonly Row[] = [
  [
    'link-outside',
    (dir) => symlinkSync('/etc/passwd', join(dir, 'passwd')),
    'ERR_ENTRY_LINK_OUT',
    'a file of the host as part of the model',
  ],
  [
    'link-upwards',
    (dir) => symlinkSync('../..', join(dir, 'up')),
    'ERR_ENTRY_LINK_OUT',
    'a folder of the host as part of the model',
  ],
  [
    'link-folder',
    (dir) => symlinkSync('MAR-INF', join(dir, 'again')),
    'ERR_ENTRY_LINK',
    'a folder twice, or without end',
  ],
  ['link-self', (dir) => symlinkSync('self', join(dir, 'self')), 'ERR_ENTRY_LINK', 'a link to itself'],
  ['link-dangling', (dir) => symlinkSync('gone', join(dir, 'dangling')), 'ERR_ENTRY_LINK', 'a link to nothing'],
  [
    'link-dangling-outside',
    (dir) => symlinkSync('../gone', join(dir, 'dangling')),
    'ERR_ENTRY_LINK_OUT',
    'leads to whatever is put there later',
  ],
  [
    'pipe',
    (dir) => execFileSync('mkfifo', [join(dir, 'pipe')]),
    'ERR_ENTRY_SPECIAL',
    'whoever opens it waits for ever',
  ],
  ['backslash', (dir) => writeFileSync(join(dir, 'a\\b'), ''), 'ERR_ENTRY_PATH', 'a folder on Windows'],
  ['newline', (dir) => writeFileSync(join(dir, 'a\nb'), ''), 'ERR_ENTRY_NAME', 'breaks listings'],
  [
    'form-clash',
    (dir) => {
      for (const name of ['\u00e9', 'e\u0301']) writeFileSync(join(dir, name), '');
    },
    'ERR_ENTRY_CLASH',
    'one file on macOS, two on Linux',
  ],
  [
    'deep',
    (dir) => mkdirSync(join(dir, 'd/'.repeat(65)), { recursive: true }),
    'ERR_LIMIT_PATH',
    'a tree that costs its reader more than its writer',
  ],
];

/** Model directories. */
export const DIRECTORIES: readonly Attack[] = ROWS.map(([name, plant, expect, why]) => ({
  name: `directory-${name}`,
  why,
  expect,
  when: 'open',
  plant: (path) => {
    mkdirSync(join(path, 'MAR-INF'), { recursive: true });
    writeFileSync(join(path, MANIFEST.name), MANIFEST.data);
    plant(path);
    if (name === 'deep') writeFileSync(join(path, 'd/'.repeat(65), 'f'), '');
  },
}));
