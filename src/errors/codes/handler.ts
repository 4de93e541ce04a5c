import type { CodeTable } from '../error-kind.js';

/** The handler: finding it, compiling it, looking for its export. */
export const HANDLER_CODES = {
  ERR_HANDLER_REQUIRED: {
    kind: 'usage',
    meaning: 'No handler is given, and the directory does not hold exactly one ONNX file, which would need none.',
    remedy: 'Name the file with the code, or a built-in service, with --handler.',
  },
  ERR_HANDLER_REFERENCE: {
    kind: 'usage',
    meaning: 'The handler is written as an empty name, or with nothing on one side of its colon.',
    remedy: 'Name the file with the code: --handler service.ts, or --handler service.ts:handle.',
  },
  ERR_HANDLER_MISSING: {
    kind: 'not-found',
    meaning: 'The file of the handler is neither in the model directory nor in the working directory.',
    remedy: 'Give the file relative to --model-path.',
  },
  ERR_HANDLER_AMBIGUOUS: {
    kind: 'usage',
    meaning: 'A handler is named without an extension, and several files fit.',
    remedy: 'Name the file with its extension.',
  },
  ERR_HANDLER_NOT_PACKED: {
    kind: 'input',
    meaning:
      'By the reference that the manifest would have, no worker finds the handler in the archive: its file is left out, its name has dots, which Python takes for folders, or the reference means another file there.',
    remedy: 'Do what the message says: pack the file, rename it, or name the function after a colon.',
  },
  ERR_HANDLER_KIND: {
    kind: 'input',
    meaning: 'The file given as the handler is not TypeScript, JavaScript or Python.',
    remedy: 'Give the file with the code; a model is run by a built-in service or by your own.',
  },
  ERR_HANDLER_COMPILE: {
    kind: 'input',
    meaning: 'The handler has a syntax error, or imports something that cannot be found.',
    remedy: 'Correct the place that the message shows.',
  },
  ERR_HANDLER_TYPES: {
    kind: 'input',
    meaning: 'The types of the handler do not fit, and --strict makes that an error.',
    remedy: 'Correct the places that the message shows; without --strict they are warnings.',
  },
  ERR_HANDLER_CONTRACT: {
    kind: 'input',
    meaning:
      'The handler cannot answer anything: its entry point cannot be called with (batch, context) or returns no list, or it imports what a provided module does not export.',
    remedy: 'Return a list with one result per request of the batch, and correct the names that the message shows.',
  },
  ERR_ENTRY_POINT_MISSING: {
    kind: 'input',
    meaning:
      'The handler does not export the named function or class, nothing says which of its exports is the service, or a class in Python is named, which the servers would call as a function.',
    remedy:
      "Export a function 'handle', or name another export after a colon: --handler FILE:EXPORT. In Python FILE.py:handle takes the only class of the file.",
  },
  ERR_RUNTIME: {
    kind: 'usage',
    meaning: 'The runtime that --runtime names cannot run the handler.',
    remedy: 'Leave --runtime out: it follows from the handler.',
  },
  ERR_TYPECHECK: {
    kind: 'unavailable',
    meaning: 'The process that checks the types of the handler ended early or could not be started.',
    remedy: 'Pack again with more memory free; without --strict the archive is built with its types unchecked.',
  },
  ERR_SCRIPT_ANALYSIS: {
    kind: 'limit',
    meaning: 'The code of a packed handler is too large or too deeply nested to be analysed.',
    remedy: 'Build the archive with `mar build`: no compiler writes a handler of this size or shape.',
  },
} as const satisfies CodeTable;
