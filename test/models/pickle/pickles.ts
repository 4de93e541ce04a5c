import { spawnSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { contentOf } from '#models/content/bytes.js';
import { type PickleFile, type PickleLimits, readPickles } from '#models/pickle/read-pickles.js';
import { type How, nameOf, type Use } from '#models/pickle/uses.js';

/** What is found in these bytes. */
export const read = async (bytes: Buffer, limits?: PickleLimits): Promise<PickleFile> =>
  readPickles(await contentOf(bytes).open(), limits === undefined ? {} : { limits });
/** `called posix.system`, for each use. */
export const told = ({ uses }: PickleFile): string[] => uses.map((use) => `${use.how} ${nameOf(use)}`);
/** A use as the reader tells it. */
export const use = (module: string, name: string, how: How = 'called'): Use => ({ module, name, how, at: 0 });

/** A pickle in the alphabet of its bytes. */
export const pickle = (text: string): Buffer => Buffer.from(text, 'latin1');

/** An instruction that pushes a short text; the same for the two names of the command that the tests look for. */
export const short = (text: string): string => `\x8c${String.fromCharCode(text.length)}${text}`;
export const POSIX = short('posix');
export const SYSTEM = short('system');
/** Calls what was imported with one text, and stops. */
export const CALL = `${short('id')}\x85R.`;

/** Prints the names that Python's own unpickler asks for, one JSON list per pickle (in hex, on standard input). */
export const ASKED = `
import sys, io, json, pickle, builtins
class Any:
    def __init__(self, *a, **k): pass
    def __call__(self, *a, **k): return Any()
class Asked(pickle.Unpickler):
    def find_class(self, module, name):
        self.names.append(module + '.' + name)
        return builtins.str if name == 'str' else Any
for line in sys.stdin:
    asked = Asked(io.BytesIO(bytes.fromhex(line)))
    asked.names = []
    try:
        asked.load()
    except pickle.UnpicklingError as error:
        asked.names.append(str(error))
    print(json.dumps(asked.names))
`;

/** The lines that a script prints. */
export const python = (script: string, input = ''): string[] => {
  const { stdout, status, stderr } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout.trim().split('\n');
};
/** Why Python is not asked. */
export const PYTHON_MISSING = spawnSync('python3', ['--version']).status === 0 ? undefined : 'there is no python3';
