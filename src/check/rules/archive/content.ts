import type { Rule } from '../../rule.js';
import { COPY, problemRule, REPACK, STREAM, TRUST } from './problem-rule.js';

/** MAR111 to MAR115 and MAR124 to MAR126: headers and data of entries. */
export const CONTENT_RULES: readonly Rule[] = [
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
