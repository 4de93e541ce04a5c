import type { ArchiveProblem } from '#archive/problem.js';
import type { Rule } from '../../rule.js';
import { problemRule, TRUST } from './problem-rule.js';

const isAbsolute = (problem: ArchiveProblem): boolean =>
  /^([/\\]|[A-Za-z]:)/.test(problem.entry ?? '') && !/(^|[/\\])\.\.([/\\]|$)/.test(problem.entry ?? '');

/** MAR116 to MAR123, MAR135, MAR140 and MAR141: what entries are called and what they are. */
export const NAME_RULES: readonly Rule[] = [
  problemRule(
    'ERR_ENTRY_PATH',
    {
      id: 'MAR116',
      name: 'path-escapes',
      severity: 'error',
      summary: 'an entry would be written outside the model directory',
      why: 'Multi Model Server 1.1.11 writes it there (recorded: an entry ../../x landed two folders up) and reports success; TorchServe answers 500. An error on every target, although MMS loads it: nobody wants that.',
      remedy: 'Do not load this archive anywhere. Find out who made it; pack again from the sources.',
      example: { failing: '../../etc/cron.d/job', passing: 'lib/preprocess.py' },
    },
    (problem) => !isAbsolute(problem),
  ),
  problemRule(
    'ERR_ENTRY_PATH',
    {
      id: 'MAR117',
      name: 'path-absolute',
      severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'error' },
      summary: 'an entry has an absolute path',
      why: 'Multi Model Server and TorchServe keep it inside the model directory (recorded); other tools write it where it says. Our runner refuses it.',
      remedy: 'Pack again with paths relative to the model directory.',
      example: { failing: '/tmp/labels.txt or C:\\labels.txt', passing: 'labels.txt' },
    },
    isAbsolute,
  ),
  problemRule('ERR_ENTRY_NAME', {
    id: 'MAR118',
    name: 'entry-name',
    severity: 'error',
    summary: "an entry's name cannot be a file name",
    why: 'Control characters, empty segments or bytes that are not text: what is written depends on the system.',
    remedy: 'Rename the file and pack again.',
    example: { failing: 'a name with a zero byte or a line break', passing: 'résumé.txt' },
  }),
  problemRule('ERR_ENTRY_NAME_WINDOWS', {
    id: 'MAR119',
    name: 'windows-name',
    severity: { local: 'warning' },
    summary: 'Windows forbids the name of an entry',
    why: 'Unpacking fails there, and only there.',
    remedy: 'Rename the file if the archive is to be used on Windows; else ignore this rule.',
    example: { failing: 'aux.txt, a:b.txt or a name with a blank at its end', passing: 'auxiliary.txt' },
  }),
  problemRule('ERR_ENTRY_LINK_AS_TEXT', {
    id: 'MAR120',
    name: 'symbolic-link',
    severity: 'warning',
    summary: 'an entry is a symbolic link',
    why: 'Both servers write it as a small text file that holds the path of its target; the handler then reads that instead of the weights.',
    remedy: 'Pack the file itself; `mar build` follows links that stay inside the model directory.',
    example: { failing: 'model.onnx -> ../cache/model.onnx', passing: 'model.onnx' },
  }),
  problemRule('ERR_ENTRY_LINK', {
    id: 'MAR135',
    name: 'link-refused',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'warning' },
    summary: 'an entry is a link that is not followed: in a tar, or to a folder, or to nothing',
    why: 'Our runner refuses it; what a server makes of it depends on how it unpacks.',
    remedy: 'Pack the file that the link points to.',
    example: { failing: 'weights.bin -> weights-v2.bin in a .tar.gz', passing: 'weights.bin' },
  }),
  problemRule('ERR_ENTRY_LINK_OUT', {
    id: 'MAR140',
    name: 'link-leaves',
    severity: 'error',
    summary: 'a link leads out of the archive',
    why: 'Whoever follows it reads, or writes, a file of the machine. Java and Python unpack a link of a zip as text; Info-ZIP, and every tool for tar, makes the link.',
    remedy: 'Do not load this archive anywhere. Find out who made it; pack the file that the link points to.',
    example: { failing: 'weights.bin -> /etc/passwd, or ../../x', passing: 'weights.bin' },
  }),
  problemRule('ERR_ENTRY_NAME_ENCODING', {
    id: 'MAR141',
    name: 'name-encoding',
    severity: 'warning',
    summary: 'a name beyond ASCII is not marked as UTF-8',
    why: `Java takes it for UTF-8, Python for code page 437, Info-ZIP for what the machine uses: the entry has another name for each. ${TRUST}`,
    remedy: 'Pack again with a tool that marks its names as UTF-8, as `mar build`, Java and Python do.',
    example: { failing: 'étiquettes.txt without flag 11', passing: 'étiquettes.txt with it, or labels.txt' },
  }),
  problemRule('ERR_ENTRY_SPECIAL', {
    id: 'MAR121',
    name: 'special-file',
    severity: 'error',
    summary: 'an entry is a device, pipe or socket',
    why: 'It has no content, and creating it needs rights that no server should have.',
    remedy: 'Leave it out.',
    example: { failing: 'a FIFO in a tar', passing: 'regular files' },
  }),
  problemRule('ERR_ENTRY_DUPLICATE', {
    id: 'MAR122',
    name: 'duplicate-entry',
    severity: 'error',
    summary: 'two entries have the same path',
    why: `Both servers keep the last one (recorded); other readers keep another. ${TRUST}`,
    remedy: 'Pack again; `mar build` refuses two files that land on one path.',
    example: { failing: 'echo.py twice', passing: 'every path once' },
  }),
  problemRule('ERR_ENTRY_CLASH', {
    id: 'MAR123',
    name: 'case-clash',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'warning' },
    summary: 'two paths differ only in case or composition, or one is a folder in the other',
    why: 'On macOS and Windows one overwrites the other; a file and a folder with one name cannot both exist anywhere.',
    remedy: 'Rename one of the two and pack again.',
    example: { failing: 'Labels.txt and labels.txt', passing: 'labels-en.txt and labels-de.txt' },
  }),
];
