import type { ArchiveProblem, ProblemCode } from '#read/problem.js';
import { defineRule, type Rule, type RuleWords } from '../rule.js';

const STREAM = 'Multi Model Server and TorchServe unpack an archive as a stream and never read its central directory';
const TRUST = 'A file that two readers understand differently can pass a check and then run something else.';
const REPACK = 'Pack the archive again from its sources.';
const COPY = 'Copy or download the archive again and compare its size with the original; if it stays, pack it again.';

/** A rule that reports one problem code of the archive reader, word for word. */
function problemRule(
  code: ProblemCode,
  words: RuleWords,
  applies: (problem: ArchiveProblem) => boolean = () => true,
): Rule {
  return defineRule({
    ...words,
    needs: ['source', 'integrity'],
    *check({ source, integrity }) {
      for (const problem of [...source.problems, ...integrity.problems]) {
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

const isAbsolute = (problem: ArchiveProblem): boolean =>
  /^([/\\]|[A-Za-z]:)/.test(problem.entry ?? '') && !/(^|[/\\])\.\.([/\\]|$)/.test(problem.entry ?? '');

const CONTAINER_RULES: readonly Rule[] = [
  problemRule('ERR_NOT_AN_ARCHIVE', {
    id: 'MAR101',
    name: 'not-an-archive',
    severity: 'error',
    summary: 'the file is neither a zip nor a gzipped tar',
    why: 'No server can unpack it. Multi Model Server answers 400 "Model name is not defined.", because it finds no manifest in it.',
    remedy: 'Give a .mar file, a .tar.gz or a model directory; build one with `mar build`.',
    example: {
      failing: 'a Git LFS pointer, an HTML error page or a 0-byte file named model.mar',
      passing: 'the output of `mar build`',
    },
  }),
  problemRule('ERR_ARCHIVE_TRUNCATED', {
    id: 'MAR102',
    name: 'archive-truncated',
    severity: 'error',
    summary: 'the end of the file is missing',
    why: 'Entries or their list are lost. Both servers answer 500 "Failed to save model" when the cut is inside an entry, and load what is there without a word when only the list is cut off.',
    remedy: COPY,
    example: { failing: 'an upload that stopped at 80%', passing: 'the whole file' },
  }),
  problemRule('ERR_ARCHIVE_DAMAGED', {
    id: 'MAR103',
    name: 'archive-damaged',
    severity: 'error',
    summary: 'the structure of the file contradicts itself',
    why: 'The list of entries cannot be followed, so nobody can say what the archive holds.',
    remedy: COPY,
    example: { failing: 'a central directory with overwritten bytes', passing: 'an archive that `unzip -t` accepts' },
  }),
  problemRule('ERR_ARCHIVE_SPLIT', {
    id: 'MAR104',
    name: 'archive-split',
    severity: 'error',
    summary: 'the file is one part of a split archive',
    why: 'No server joins parts.',
    remedy: 'Join the parts into one zip file, then pack it again.',
    example: { failing: 'model.z01 and model.zip from `zip -s`', passing: 'one file' },
  }),
  problemRule('ERR_ARCHIVE_ZIP64', {
    id: 'MAR105',
    name: 'zip64-lie',
    severity: 'error',
    summary: 'the zip64 fields contradict the rest of the file',
    why: `Sizes or places differ between the 32-bit and the 64-bit fields. ${TRUST}`,
    remedy: REPACK,
    example: {
      failing: 'a zip64 record that names another number of entries',
      passing: 'zip64 fields that agree, as `mar build` writes them over 4 GB',
    },
  }),
  problemRule('ERR_ARCHIVE_AMBIGUOUS', {
    id: 'MAR106',
    name: 'archive-ambiguous',
    severity: 'error',
    summary: 'the file can be read as two different archives',
    why: `${TRUST} ${STREAM}, while other tools start from it.`,
    remedy: REPACK,
    example: { failing: 'a file with two end records', passing: 'a file with one' },
  }),
  problemRule('ERR_ARCHIVE_PREFIX', {
    id: 'MAR107',
    name: 'data-before-archive',
    severity: 'error',
    summary: 'bytes stand before the first entry',
    why: `${STREAM}: with anything in front they find no entry at all and answer 400 "Model name is not defined.".`,
    remedy: 'Remove what stands in front (a self-extractor stub, a shell header), or pack again.',
    example: { failing: 'cat stub.sh model.zip > model.mar', passing: 'a file that begins with PK\\x03\\x04' },
  }),
  problemRule('ERR_ARCHIVE_TRAILING', {
    id: 'MAR108',
    name: 'data-after-archive',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'warning' },
    summary: 'bytes stand behind the end of the archive',
    why: 'The servers do not look at them, and no digest covers them: a place to hide something.',
    remedy: REPACK,
    example: { failing: 'an archive with a log appended', passing: 'an archive that ends with its end record' },
  }),
  problemRule('ERR_ARCHIVE_HIDDEN_DATA', {
    id: 'MAR109',
    name: 'hidden-data',
    severity: 'error',
    summary: 'bytes between the entries belong to none of them',
    why: `${STREAM}, so an entry that the list does not name is still unpacked by them.`,
    remedy: REPACK,
    example: {
      failing: 'an entry deleted from the central directory only',
      passing: 'entries that follow one another without a gap',
    },
  }),
  problemRule('ERR_ARCHIVE_OVERLAP', {
    id: 'MAR110',
    name: 'overlapping-entries',
    severity: 'error',
    summary: 'two entries share bytes of the file',
    why: 'The trick of zip bombs: a few kilobytes that unpack to terabytes.',
    remedy: REPACK,
    example: { failing: 'two list records that point at one entry', passing: 'every entry with its own bytes' },
  }),
  problemRule('ERR_ARCHIVE_DISPUTED', {
    id: 'MAR136',
    name: 'readers-disagree',
    severity: 'error',
    summary: 'two independent readers list different entries',
    why: `The archive is read by our own reader and by the library unzipper. ${TRUST}`,
    remedy: REPACK,
    example: {
      failing: 'an entry that one of two readers does not see',
      passing: 'an archive that every reader lists alike',
    },
  }),
];

const ENTRY_RULES: readonly Rule[] = [
  problemRule('ERR_ENTRY_HEADER', {
    id: 'MAR111',
    name: 'entry-header-mismatch',
    severity: 'error',
    summary: "an entry's own header contradicts the list of entries",
    why: `${TRUST} ${STREAM}.`,
    remedy: REPACK,
    example: {
      failing: 'service.py in the list, evil.py in the entry',
      passing: 'equal names, sizes and methods in both',
    },
  }),
  problemRule('ERR_ENTRY_BOUNDS', {
    id: 'MAR112',
    name: 'entry-out-of-bounds',
    severity: 'error',
    summary: 'an entry reaches beyond the file',
    why: 'Its content is not there: both servers answer 500 "Failed to save model".',
    remedy: COPY,
    example: { failing: 'a size larger than the file', passing: 'entries inside the file' },
  }),
  problemRule('ERR_ENTRY_ENCRYPTED', {
    id: 'MAR113',
    name: 'entry-encrypted',
    severity: 'error',
    summary: 'an entry is encrypted',
    why: 'No server has the password.',
    remedy: 'Pack again without a password; encrypt the whole file in transport instead.',
    example: { failing: 'zip -e model.mar model.onnx', passing: 'zip model.mar model.onnx' },
  }),
  problemRule('ERR_ENTRY_METHOD', {
    id: 'MAR114',
    name: 'entry-compression',
    severity: 'error',
    summary: 'an entry is compressed with a method other than deflate',
    why: "Java's ZipInputStream, which both servers use, reads stored and deflated entries only.",
    remedy: 'Pack again with deflate, or store the entry.',
    example: { failing: 'bzip2, LZMA or Zstandard in a zip', passing: 'store or deflate' },
  }),
  problemRule('ERR_ENTRY_DESCRIPTOR', {
    id: 'MAR115',
    name: 'stored-with-descriptor',
    severity: { local: 'warning', mms: 'error', torchserve: 'error', sagemaker: 'error' },
    summary: 'a stored entry keeps its size behind its data',
    why: `${STREAM}; Java then cannot tell where such an entry ends ("only DEFLATED entries can have EXT descriptor") and gives the archive up.`,
    remedy: 'Pack again with sizes in front, as `mar build` does, or deflate the entry.',
    example: {
      failing: 'a zip streamed to a pipe with store',
      passing: 'a stored entry with its size in the local header',
    },
  }),
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
    summary: 'a link leads out of the archive, to a folder, or nowhere',
    why: 'Whoever reads the entry gets a file of the machine instead of one of the archive. Our runner refuses it; a server that loads a directory in place follows it.',
    remedy: 'Pack the file that the link points to.',
    example: { failing: 'weights.bin -> /data/weights.bin in a model directory', passing: 'weights.bin' },
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
    severity: 'warning',
    summary: 'two entries have the same path',
    why: 'Both servers keep the last one (recorded); Python and Info-ZIP may keep another.',
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
  problemRule('ERR_ENTRY_SIZE', {
    id: 'MAR124',
    name: 'size-mismatch',
    severity: 'error',
    summary: 'an entry is longer or shorter than it says',
    why: 'The servers give up with 500 "Failed to save model", or write a file that is not the one that was packed.',
    remedy: COPY,
    example: {
      failing: 'an entry that announces 10 bytes and unpacks to 10 GB',
      passing: 'an entry with its true size',
    },
  }),
  problemRule('ERR_ENTRY_CRC', {
    id: 'MAR125',
    name: 'crc-mismatch',
    severity: 'error',
    summary: 'the content of an entry does not fit its checksum',
    why: 'At least one bit was changed on the way. Both servers answer 500 "Failed to save model".',
    remedy: COPY,
    example: { failing: 'one flipped bit in the weights', passing: 'an archive that `unzip -t` accepts' },
  }),
  problemRule('ERR_ENTRY_DATA', {
    id: 'MAR126',
    name: 'data-damaged',
    severity: 'error',
    summary: 'the content of an entry cannot be inflated',
    why: 'Both servers answer 500 "Failed to save model".',
    remedy: COPY,
    example: { failing: 'overwritten bytes in a deflated entry', passing: 'an archive that `unzip -t` accepts' },
  }),
];

const LIMIT_RULES: readonly Rule[] = [
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

const DIGEST_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR131',
    name: 'digest-mismatch',
    severity: 'error',
    summary: 'a file is not the one that was packed',
    why: 'Its SHA-256 differs from the one the archiver recorded in the manifest: it was changed after packing, by accident or on purpose. The peers do not look.',
    remedy: 'Take the archive from its source again, or pack it again after the change.',
    example: { failing: 'service.mjs edited inside the archive', passing: 'an archive as `mar build` wrote it' },
    needs: ['integrity'],
    *check({ integrity }) {
      for (const { entry, kind, found, expected } of integrity.digests) {
        if (kind !== 'changed') continue;
        yield {
          message: `${entry} was changed after packing`,
          at: { entry },
          ...(found && { found }),
          ...(expected && { expected }),
        };
      }
    },
  }),
  defineRule({
    id: 'MAR132',
    name: 'packed-file-missing',
    severity: 'error',
    summary: 'a file that was packed is gone',
    why: 'The manifest records it, so the handler probably reads it.',
    remedy: 'Take the archive from its source again, or pack it again.',
    example: { failing: 'zip -d model.mar synset.txt', passing: 'an archive as `mar build` wrote it' },
    needs: ['integrity'],
    *check({ integrity }) {
      for (const { entry, kind } of integrity.digests)
        if (kind === 'missing')
          yield { message: `${entry} is recorded in the manifest and not in the archive`, at: { entry } };
    },
  }),
  defineRule({
    id: 'MAR133',
    name: 'file-added',
    severity: 'warning',
    summary: 'a file was added after packing',
    why: 'No digest covers it. It is unpacked like the others, and a Python file beside the handler can replace a module it imports.',
    remedy: 'Put it into the model directory and pack again.',
    example: { failing: 'zip model.mar json.py', passing: 'an archive as `mar build` wrote it' },
    needs: ['integrity'],
    *check({ integrity }) {
      for (const { entry, kind } of integrity.digests)
        if (kind === 'unlisted') yield { message: `${entry} was added after packing`, at: { entry } };
    },
  }),
  defineRule({
    id: 'MAR134',
    name: 'tarball-layout',
    severity: { mms: 'error', torchserve: 'error' },
    summary: 'the server does not find the manifest in a gzipped tar of this layout',
    why: 'Multi Model Server reads zip only; TorchServe reads a gzipped tar whose files all lie in one folder, as its archiver writes it. Otherwise both answer 400 "Model name is not defined." (measured).',
    remedy:
      'Pack with `--archive-format default`; or, for Multi Model Server, unpack the tar into the model store: a directory is loaded in place.',
    example: { failing: 'model.tar.gz registered at Multi Model Server', passing: 'model.mar' },
    needs: ['archive'],
    *check({ archive }) {
      if (archive.format !== 'tgz') return;
      yield { message: 'the archive is a gzipped tar', found: 'tgz', expected: 'zip or a directory', targets: ['mms'] };
      if (archive.root === '')
        yield {
          message: 'the files of the tar do not lie in one folder',
          expected: 'NAME/MAR-INF/MANIFEST.json',
          targets: ['torchserve'],
        };
    },
  }),
  defineRule({
    id: 'MAR137',
    name: 'sagemaker-tarball',
    severity: { sagemaker: 'warning' },
    summary: 'SageMaker unpacks gzipped tars only',
    why: 'An endpoint downloads one model.tar.gz and unpacks it to /opt/ml/model (AWS documentation); a zip stays packed, and only a container that loads .mar files itself can use it.',
    remedy: 'Pack with `--archive-format tgz`.',
    example: { failing: 'model.mar with --target sagemaker', passing: 'model.tar.gz with --target sagemaker' },
    needs: ['archive'],
    *check({ archive }) {
      if (archive.format === 'zip') yield { message: 'the archive is a zip', found: 'zip', expected: 'tgz' };
    },
  }),
];

/** MAR1xx: the container and its entries. */
export const ARCHIVE_RULES: readonly Rule[] = [...CONTAINER_RULES, ...ENTRY_RULES, ...LIMIT_RULES, ...DIGEST_RULES];
