import { test } from 'uvu';
import { NAME_RULES } from '#check/rules/archive/names.js';
import { attack } from '../../rule-fixtures/fixture.js';
import { pythonFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

await tellRules(NAME_RULES, [
  ['a good archive', pythonFiles(), []],
  [
    'a file of the host as part of the model',
    attack('directory-link-outside'),
    ['MAR140 "passwd" is a link that leads out of the directory @ passwd; found /etc/passwd'],
  ],
  ['whoever opens it waits for ever', attack('directory-pipe'), ['MAR121 "pipe" is not a file @ pipe']],
  [
    'a folder on Windows',
    attack('directory-backslash'),
    ['MAR116 entry "a\\b" has a backslash, which is a path separator on Windows @ a\\b'],
  ],
  ['breaks listings', attack('directory-newline'), ['MAR118 entry "a\\nb" has control characters in its name @ a\\nb']],
  [
    'one file on macOS, two on Linux',
    attack('directory-form-clash'),
    ['MAR123 entries "é" and "é" differ only by case or Unicode form @ é'],
  ],
  [
    'zip slip: joined to the target it is a file beside it (Multi Model Server 1.1.11 writes it)',
    attack('zip-slip'),
    ['MAR116 entry "../evil" steps out of its folder with ".." @ ../evil'],
  ],
  [
    'path.resolve and Python os.path.join drop the target',
    attack('zip-absolute'),
    ['MAR117 entry "/tmp/evil" has an absolute path @ /tmp/evil'],
  ],
  ['the root as a folder', attack('zip-root'), ['MAR118 entry "" has an empty name @ ']],
  ['absolute on Windows', attack('zip-drive'), ['MAR117 entry "C:/evil" starts with a drive letter @ C:/evil']],
  [
    'a network path on Windows only',
    attack('zip-backslash-unc'),
    ['MAR117 entry "\\\\server\\share" has a backslash, which is a path separator on Windows @ \\\\server\\share'],
  ],
  [
    'a second spelling of a name that a check has seen',
    attack('zip-dot-slash'),
    ['MAR116 entry "./service.mjs" has an empty or "." segment @ ./service.mjs'],
  ],
  [
    'cannot both be written; which one is left differs',
    attack('zip-folder-clash'),
    ['MAR123 entry "a" is a file and the folder of "a/b" @ a/b'],
  ],
  [
    'an endless file',
    attack('zip-device-char'),
    ['MAR121 entry "zero" is a character device @ zero; found a character device; expected a file'],
  ],
  [
    'the disk as a file',
    attack('zip-device-block'),
    ['MAR121 entry "disk" is a block device @ disk; found a block device; expected a file'],
  ],
  [
    'whoever opens it waits for ever',
    attack('zip-pipe'),
    ['MAR121 entry "pipe" is a named pipe @ pipe; found a named pipe; expected a file'],
  ],
  ['not a file', attack('zip-socket'), ['MAR121 entry "socket" is a socket @ socket; found a socket; expected a file']],
  [
    'a folder to some readers, a file to others',
    attack('zip-folder-as-file'),
    [
      'MAR121 entry "folder" is marked as a folder but named like a file @ folder; found a folder; expected a name that ends in "/"',
    ],
  ],
  [
    'bytes that no listing of files shows',
    attack('zip-folder-with-data'),
    ['MAR121 entry "folder/" is a folder that holds data @ folder/; found 1 bytes; expected none'],
  ],
  [
    'the console on Windows',
    attack('zip-windows-device'),
    ['MAR119 entry "con.txt" has a name that Windows forbids @ con.txt; found con.txt'],
  ],
  [
    'a check sees the first, the server loads the last',
    attack('zip-duplicate'),
    ['MAR122 entry "a" occurs more than once @ a'],
  ],
  [
    'unpackers that make links give the handler a file, the others a path',
    attack('zip-link'),
    ['MAR120 entry "again" is a symbolic link, read as a file that holds its target @ again'],
  ],
  [
    'every reader guesses another character set',
    attack('zip-latin1'),
    ['MAR118 the name of entry "modèle" is not UTF-8 @ modèle'],
  ],
  [
    'unpackers make it: the handler reads a file of the host',
    attack('tgz-symlink'),
    ['MAR140 entry "out" is a link that leads out of the archive @ out; found /etc/passwd; expected a path inside it'],
  ],
  ['an endless file', attack('tgz-device-char'), ['MAR121 entry "zero" is not a file @ zero; found character-device']],
]);

test.run();
