import type { PlacedUse } from '#models/content/findings.js';
import { PICKLE_NAME } from '#models/content/sniff.js';
import { type How, nameOf, REGISTRY } from '#models/pickle/uses.js';
import type { LoadedEntry } from '../facts/loaded.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

const FULL = 5;

/** MAR430 to MAR437: what loading a model file runs, by the content of the file and whatever its name. */
export const LOADING_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR430',
    name: 'torch-unreadable',
    severity: 'warning',
    summary: 'a file of PyTorch or a pickle is not what its name says, or is cut off',
    why: '`torch.load`, `torch.jit.load` and `pickle.load` fail on it, unless the handler never opens it.',
    remedy: 'Save it again, or check that the file was copied whole (Git LFS pointers look like this).',
    example: { failing: 'model.pt with 130 bytes of text', passing: 'model.pt from torch.jit.save' },
    needs: ['loaded'],
    *check({ loaded }) {
      for (const { entry, file } of loaded)
        if (
          file.fault !== undefined &&
          (PICKLE_NAME.test(entry.path) || file.kinds.has('pickle') || file.kinds.has('zip'))
        )
          yield { message: `${entry.path}: ${file.fault}`, at: { entry: entry.path }, found: `${entry.size} bytes` };
    },
  }),
  defineRule({
    id: 'MAR431',
    name: 'pickle-attack',
    severity: 'error',
    summary: 'loading a model file runs commands',
    why: 'A pickle is a program. This one imports functions that run commands, load code or open files, or hides what it imports; no model needs that, and the server runs it with its own rights.',
    remedy:
      'Do not load it. Find out where the file comes from (`mar validate --explain FILE` lists what it does); save weights as a state_dict, TorchScript, ONNX or safetensors.',
    example: {
      failing: 'a pickle that imports os.system',
      passing: 'a pickle that imports collections.OrderedDict and torch._utils._rebuild_tensor_v2',
    },
    needs: ['loaded'],
    check: ({ loaded }) => loaded.flatMap((one) => told(one, one.dangerous)),
  }),
  defineRule({
    id: 'MAR432',
    name: 'pickled-classes',
    severity: 'note',
    summary: 'a model file is a pickle of objects, not of weights',
    why: 'It loads only where the same classes can be imported, in the same versions; and whoever can change the file can run code on the server.',
    remedy: 'Save a state_dict, TorchScript or ONNX instead.',
    example: { failing: 'torch.save(model, "model.pt")', passing: 'torch.save(model.state_dict(), "model.pt")' },
    needs: ['loaded'],
    *check({ loaded }) {
      for (const { entry, file, dangerous, unlisted } of loaded) {
        // What is wrong with a pickle is told by MAR431 and MAR434.
        if (dangerous.length + unlisted.length > 0) continue;
        const classes = file.uses.filter((use) => !use.isScript && !isData(use)).map(nameOf);
        if (classes.length > 0)
          yield { message: `${entry.path} is a pickle of ${listed(classes)}`, at: { entry: entry.path } };
      }
    },
  }),
  defineRule({
    id: 'MAR434',
    name: 'pickle-not-allowed',
    severity: 'error',
    summary: 'a model file imports what is not on the list of harmless imports',
    why: 'A pickle may import and call any function of any installed package. The list holds what weights, arrays, plain data and the estimators of common frameworks need; nothing else has been reviewed.',
    remedy:
      'Look at what it does with `mar validate --explain FILE`; for classes of your own, add them to the list: --allow-import nets.Net, or allowImport in the configuration.',
    example: {
      failing: 'a pickle that creates a nets.Net',
      passing: 'the same with "allowImport": ["nets.Net"], or a state_dict',
    },
    needs: ['loaded'],
    check: ({ loaded }) => loaded.flatMap((one) => told(one, one.unlisted)),
  }),
  defineRule({
    id: 'MAR435',
    name: 'not-proven',
    severity: 'warning',
    summary: 'what a model file does when it is loaded could not be followed to its end',
    why: 'It is compressed, encrypted, nested or large in a way that is not read here, so that it may hold anything.',
    remedy: 'Save it uncompressed or with gzip, and as one file.',
    example: { failing: 'model.pkl.zst', passing: 'model.pkl.gz' },
    needs: ['loaded'],
    check: ({ loaded }) => loaded.flatMap((one) => unfollowed(one, false)),
  }),
  defineRule({
    id: 'MAR437',
    name: 'scan-stopped',
    severity: 'error',
    summary: 'a model file is so large, so nested or so unusually packed that reading it was given up',
    why: 'What comes behind that place was not looked at, and padding is how an attack is put there. No honest model is near these bounds.',
    remedy:
      'Save the weights as a state_dict, safetensors or ONNX, or the data in smaller files. Where you made the file and know what is in it, ignore this rule for it: --ignore scan-stopped:PATH.',
    example: { failing: 'a pickle of a hundred million numbers, one by one', passing: 'the same as an array of numpy' },
    needs: ['loaded'],
    check: ({ loaded }) => loaded.flatMap((one) => unfollowed(one, true)),
  }),
  defineRule({
    id: 'MAR436',
    name: 'model-code',
    severity: 'error',
    summary: 'a model file that is not a pickle carries code, or touches files when it is loaded or run',
    why: 'Layers, operations and templates like these run what the author of the file wrote, with the rights of the server.',
    remedy: 'Do not load it unless you know who wrote it; export the model again without them.',
    example: {
      failing: 'a Keras file with a Lambda layer, a SavedModel with ReadFile, an .npy whose header is code',
      passing: 'the same model from standard layers',
    },
    needs: ['loaded'],
    *check({ loaded }) {
      for (const { entry, file } of loaded)
        for (const { where, message } of file.codes)
          yield { message: `${entry.path} ${message}${where === '' ? '' : ` (${where})`}`, at: { entry: entry.path } };
    },
  }),
];

function unfollowed({ entry, file }: LoadedEntry, isStopped: boolean): Draft[] {
  return file.unproven
    .filter((one) => one.isStopped === isStopped)
    .map(({ where, why }) => ({
      message: `${entry.path} could not be followed${where === '' ? '' : ` at ${where}`}: ${why}`,
      at: { entry: entry.path },
    }));
}

const VERBS: Readonly<Record<How, string>> = {
  imported: 'imports',
  made: 'creates',
  called: 'calls',
  changed: 'changes',
};

/** One finding for a file, with the gravest of what it does in front. */
function told({ entry }: LoadedEntry, uses: readonly PlacedUse[]): Draft[] {
  if (uses.length === 0) return [];
  const said = uses.map(({ how, where, at, ...use }) => {
    const what = use.module === REGISTRY ? 'a code of the extension registry' : nameOf(use);
    return `${VERBS[how]} ${what} (${where === '' ? '' : `${where}, `}byte ${at})`;
  });
  return [
    {
      message: `${entry.path} ${listed(said)}`,
      at: { entry: entry.path },
      found: uses.map(nameOf).join(', '),
    },
  ];
}

function listed(parts: readonly string[]): string {
  const rest = parts.length - FULL;
  return `${parts.slice(0, FULL).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** What weights and plain data import. */
function isData({ module }: PlacedUse): boolean {
  return /^(builtins|__builtin__|collections|copy_?reg|_codecs|datetime|torch|torch\._utils|torch\.storage|numpy(\..+)?|joblib\.numpy_pickle)$/.test(
    module,
  );
}
