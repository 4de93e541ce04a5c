import type { CodeTable } from '../error-kind.js';

const REPACK = 'Pack the archive again from its sources.';
const COPY = 'Copy or download the archive again.';
const COPY_OR_PACK = 'Copy or download the archive again, or pack it again.';
const DISTRUST = 'Do not use this archive unless you trust whoever made it; pack it again from its sources.';
const TRUSTED_LIMIT = 'If you trust the archive, open it through the API with higher `limits`.';

/** Finding, opening and unpacking an archive; what its container and entries can have wrong. */
export const ARCHIVE_CODES = {
  ERR_ARCHIVE_NOT_FOUND: {
    kind: 'not-found',
    meaning: 'There is no file or directory at the path of the archive, or nothing matches the pattern.',
    remedy: 'Check the path of the archive or model directory.',
  },
  ERR_ARCHIVE_UNREADABLE: {
    kind: 'unavailable',
    meaning: 'The operating system refuses to read the archive.',
    remedy: 'Check its permissions, and where it leads if it is a link.',
  },
  ERR_ARCHIVE_URL: {
    kind: 'usage',
    meaning: 'A URL was given where only a file or directory works.',
    remedy: 'Download the archive first (curl -O), then name the file.',
  },
  ERR_NOT_AN_ARCHIVE: {
    kind: 'input',
    meaning: 'The file is neither a zip nor a gzipped tar.',
    remedy: 'Give a .mar (zip or gzipped tar) or a model directory.',
  },
  ERR_ARCHIVE_TRUNCATED: {
    kind: 'input',
    meaning: 'The archive ends in the middle: its copy or download was cut off.',
    remedy: COPY,
  },
  ERR_ARCHIVE_DAMAGED: {
    kind: 'input',
    meaning: 'The structure of the archive is damaged.',
    remedy: COPY_OR_PACK,
  },
  ERR_ARCHIVE_SPLIT: {
    kind: 'input',
    meaning: 'The archive is one part of a zip file that was split into several.',
    remedy: 'Join the parts into one zip file first.',
  },
  ERR_ARCHIVE_ZIP64: {
    kind: 'input',
    meaning: 'The zip64 records for large archives are missing or contradict the plain ones.',
    remedy: REPACK,
  },
  ERR_ARCHIVE_AMBIGUOUS: {
    kind: 'input',
    meaning: 'The archive is built so that two readers see different content.',
    remedy: DISTRUST,
  },
  ERR_ARCHIVE_PREFIX: {
    kind: 'input',
    meaning: 'There is data before the first entry.',
    remedy: 'Pack the archive again from its sources; servers that read it as a stream refuse it.',
  },
  ERR_ARCHIVE_TRAILING: {
    kind: 'input',
    meaning: 'There is data after the end of the archive.',
    remedy: REPACK,
  },
  ERR_ARCHIVE_HIDDEN_DATA: {
    kind: 'input',
    meaning: 'There is data between the entries that belongs to none of them.',
    remedy: DISTRUST,
  },
  ERR_ARCHIVE_OVERLAP: {
    kind: 'input',
    meaning: 'Two entries share their bytes, as in zip bombs.',
    remedy: DISTRUST,
  },
  ERR_ARCHIVE_DISPUTED: {
    kind: 'input',
    meaning: 'A second, independent reader does not list the same entries.',
    remedy: DISTRUST,
  },
  ERR_ARCHIVE_CHANGED: {
    kind: 'conflict',
    meaning: 'The archive was written to while it was being read.',
    remedy: 'Wait until the archive is written, then try again.',
  },
  ERR_ENTRY_HEADER: {
    kind: 'input',
    meaning: 'The header of an entry contradicts the list of entries.',
    remedy: DISTRUST,
  },
  ERR_ENTRY_BOUNDS: {
    kind: 'input',
    meaning: 'The list of entries points to a place where no entry is, or beyond the entries.',
    remedy: COPY,
  },
  ERR_ENTRY_ENCRYPTED: {
    kind: 'input',
    meaning: 'An entry is encrypted, which no server can read.',
    remedy: 'Pack it again without a password.',
  },
  ERR_ENTRY_METHOD: {
    kind: 'input',
    meaning: 'An entry is compressed with a method that the servers do not know.',
    remedy: 'Pack it again with the methods stored and deflated.',
  },
  ERR_ENTRY_DESCRIPTOR: {
    kind: 'input',
    meaning: 'The size of a stored entry comes after its data, where a streaming reader cannot find it.',
    remedy: 'Pack the archive again from its sources; Multi Model Server cannot read such an entry.',
  },
  ERR_ENTRY_PATH: {
    kind: 'input',
    meaning: 'The path of an entry would lead out of the folder that it is unpacked to.',
    remedy: DISTRUST,
  },
  ERR_ENTRY_NAME: {
    kind: 'input',
    meaning: 'The name of an entry is empty, has control characters or is not UTF-8.',
    remedy: 'Rename the file and pack again.',
  },
  ERR_ENTRY_NAME_ENCODING: {
    kind: 'input',
    meaning: 'The name of an entry is UTF-8 beyond ASCII, and nothing in the archive says so.',
    remedy: 'Pack again with a tool that marks its names as UTF-8, as `mar build`, Java and Python do.',
  },
  ERR_ENTRY_NAME_WINDOWS: {
    kind: 'input',
    meaning: 'The name of an entry is one that Windows forbids.',
    remedy: 'Rename the file if the archive is to be unpacked on Windows.',
  },
  ERR_ENTRY_LINK: {
    kind: 'input',
    meaning: 'An entry is a link.',
    remedy: 'Pack the file that the link points to.',
  },
  ERR_ENTRY_LINK_OUT: {
    kind: 'input',
    meaning: 'An entry is a link to a place outside the archive: reading it would give away a file of the machine.',
    remedy: DISTRUST,
  },
  ERR_ENTRY_LINK_AS_TEXT: {
    kind: 'input',
    meaning: 'An entry is a symbolic link, and is read as a file that holds the path it leads to.',
    remedy: 'Pack the file that the link points to.',
  },
  ERR_ENTRY_SPECIAL: {
    kind: 'input',
    meaning: 'An entry is a device, a pipe or a socket, or something between a file and a folder.',
    remedy: 'Leave devices, pipes and sockets out of the archive.',
  },
  ERR_ENTRY_DUPLICATE: {
    kind: 'input',
    meaning: 'Several entries have the same name.',
    remedy: 'Pack again: some readers take the first of them, others the last.',
  },
  ERR_ENTRY_CLASH: {
    kind: 'input',
    meaning:
      'Two entries cannot both be unpacked: their names differ only by case or Unicode form, or one is the folder of the other.',
    remedy: 'Rename one of the two and pack again.',
  },
  ERR_ENTRY_SIZE: {
    kind: 'input',
    meaning: 'An entry unpacks to more or fewer bytes than it announces.',
    remedy: COPY_OR_PACK,
  },
  ERR_ENTRY_CRC: {
    kind: 'input',
    meaning: 'The content of an entry does not match its checksum.',
    remedy: COPY_OR_PACK,
  },
  ERR_ENTRY_DATA: {
    kind: 'input',
    meaning: 'The compressed data of an entry is damaged.',
    remedy: COPY_OR_PACK,
  },
  ERR_ENTRY_TOO_LARGE: {
    kind: 'limit',
    meaning: 'An entry that has to be parsed as a whole is larger than any real one.',
    remedy: 'Check that this is the file you meant: it is parsed as a whole and should be small.',
  },
  ERR_LIMIT_ENTRIES: {
    kind: 'limit',
    meaning: 'The archive has more entries than the limit.',
    remedy: `Put many small files into one file. ${TRUSTED_LIMIT}`,
  },
  ERR_LIMIT_SIZE: {
    kind: 'limit',
    meaning: 'The archive unpacks to more bytes than the limit.',
    remedy: TRUSTED_LIMIT,
  },
  ERR_LIMIT_RATIO: {
    kind: 'limit',
    meaning: 'An entry unpacks to so many times its size that it looks like a bomb.',
    remedy: TRUSTED_LIMIT,
  },
  ERR_LIMIT_PATH: {
    kind: 'limit',
    meaning: 'The path of an entry is longer or deeper than file systems allow.',
    remedy: 'Shorten the path and pack again.',
  },
} as const satisfies CodeTable;
