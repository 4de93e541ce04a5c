import type { CodeTable } from '../error-kind.js';

/** From a model directory to an archive. */
export const PACK_CODES = {
  ERR_MODEL_PATH_REQUIRED: {
    kind: 'usage',
    meaning: 'The model directory is not given, or given as an empty string.',
    remedy: 'Name the model directory with --model-path; the working directory is `.`.',
  },
  ERR_VERSION_REQUIRED: {
    kind: 'usage',
    meaning: 'Files are named one by one, as by --serialized-file, without the version of the model.',
    remedy: 'Files named one by one are packed as TorchServe packs them: give --version 1.0; or give --model-path.',
  },
  ERR_BRIDGE: {
    kind: 'usage',
    meaning: 'The bridge, which runs a Node handler on the Python servers, cannot be packed as it is asked for.',
    remedy: 'Read what stands in its way; mar build --help lists the flags of the bridge.',
  },
  ERR_NOT_CONVERTIBLE: {
    kind: 'input',
    meaning:
      'An archive cannot be made into what another server loads; every reason is listed, and nothing was written.',
    remedy: 'Read the reasons; docs/convert.md says what each target takes.',
  },
  ERR_MODEL_PATH: {
    kind: 'not-found',
    meaning: 'The model directory does not exist, or is not a directory.',
    remedy: 'Give the directory that holds the model.',
  },
  ERR_MODEL_NAME: {
    kind: 'input',
    meaning: 'The name of the model is one that the servers could not address.',
    remedy: 'A name starts with a letter or digit and goes on with letters, digits, "_", "-" and ".".',
  },
  ERR_MODEL_EMPTY: {
    kind: 'input',
    meaning: 'Nothing is left to pack: the directory is empty, or everything in it is ignored.',
    remedy: 'Put the model and its handler there; hidden files, caches and .mar files do not count.',
  },
  ERR_MODEL_MISSING: {
    kind: 'not-found',
    meaning: 'A built-in service or a template needs an ONNX model, and there is none.',
    remedy: 'Put the .onnx file into the model directory, or write a handler of your own.',
  },
  ERR_FILE_MISSING: {
    kind: 'not-found',
    meaning: 'A flag names a file that does not exist or is not a file.',
    remedy: 'Correct the path; relative paths start at the working directory.',
  },
  ERR_FILE_NAME: {
    kind: 'input',
    meaning: 'The name of a file is not UTF-8, so that no archive can hold it faithfully.',
    remedy: 'Rename it: no server could address the entry.',
  },
  ERR_FILE_UNREADABLE: {
    kind: 'unavailable',
    meaning: 'A file of the model directory cannot be opened or read.',
    remedy: 'Grant read permission, or leave it out with --exclude.',
  },
  ERR_FILE_CHANGED: {
    kind: 'conflict',
    meaning: 'A file was written to while it was being packed.',
    remedy: 'Wait until nothing writes to the model directory and pack again.',
  },
  ERR_FILES_CLASH: {
    kind: 'conflict',
    meaning: 'Two files would become one entry of the archive.',
    remedy: 'Rename one of them, or leave one out.',
  },
  ERR_NOT_A_FILE: {
    kind: 'input',
    meaning: 'The model directory holds a pipe, a socket or a device.',
    remedy: 'Remove it, or leave it out with --exclude.',
  },
  ERR_LINK_BROKEN: {
    kind: 'input',
    meaning: 'A symbolic link in the model directory leads nowhere.',
    remedy: 'Remove the link, or leave it out with --exclude.',
  },
  ERR_LINK_OUTSIDE: {
    kind: 'input',
    meaning: 'A symbolic link leads out of the model directory.',
    remedy: 'Copy the file into the model directory, or leave the link out with --exclude.',
  },
  ERR_SECRETS: {
    kind: 'input',
    meaning: 'The model directory holds credentials, which everyone who gets the archive would have.',
    remedy:
      'Remove them, leave the file out with .marignore or --exclude, or pack it all the same with --allow-secrets.',
  },
  ERR_TOO_MANY_ENTRIES: {
    kind: 'limit',
    meaning: 'The archive would have more entries, or longer paths, than readers accept.',
    remedy: 'Leave files out with .marignore or --exclude, or put many small files into one.',
  },
  ERR_MANIFEST_TOO_LARGE: {
    kind: 'limit',
    meaning: 'The manifest with the digest of every file would be larger than readers accept.',
    remedy: 'Use --no-record to leave the digests out, or pack fewer files.',
  },
  ERR_CONVERT_ONNX: {
    kind: 'input',
    meaning: '--convert was given for a directory with ONNX models; it only converts archives of version 0.4.',
    remedy:
      'ONNX models run as they are: leave --convert out, and use --handler image_classifier, tensor or your own service.',
  },
  ERR_EXPORT_PATH: {
    kind: 'not-found',
    meaning: 'The directory that the archive should be written to does not exist, or is not a directory.',
    remedy: 'Create it first, or choose another --export-path.',
  },
  ERR_TARGET_AROUND_MODEL: {
    kind: 'conflict',
    meaning: 'The directory to write holds the model directory, so that replacing it would delete the model.',
    remedy: 'Choose another --export-path or --model-name.',
  },
  ERR_TARGET_EXISTS: {
    kind: 'conflict',
    meaning: 'What should be written exists already, or is something that --force does not replace.',
    remedy: 'Replace an earlier result with --force, or choose another place or name.',
  },
  ERR_TARGET_UNWRITABLE: {
    kind: 'unavailable',
    meaning: 'The place to write to refuses it: no permission, a read-only file system, a name that is too long.',
    remedy: 'Choose a directory that you may write to.',
  },
  ERR_DISK_FULL: {
    kind: 'unavailable',
    meaning: 'The disk, or your share of it, was full before the archive was complete; nothing was left behind.',
    remedy: 'Free some space, or choose another --export-path.',
  },
  ERR_INTERRUPTED: {
    kind: 'unavailable',
    meaning: 'Packing was interrupted, by Ctrl-C or a signal; nothing was written.',
    remedy: 'Run the command again.',
  },
} as const satisfies CodeTable;
