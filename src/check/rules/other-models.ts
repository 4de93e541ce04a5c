import { posix } from 'node:path';
import { TORCHSERVE_HANDLERS } from '#conventions/builtin-services.js';
import { readMxnetParams, readMxnetSymbol } from '#models/mxnet/read-mxnet.js';
import { readSafetensors } from '#models/safetensors/read-safetensors.js';
import { torchKind } from '#models/torch/torch-kind.js';
import type { ModelFile } from '../facts/models.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

const TEMPLATE = /(^|\/)(mxnet_model_service|mxnet_vision_service)\.py$/;

/** MAR420 to MAR424 and MAR433: MXNet, safetensors, and PyTorch in TorchServe, as far as they can be seen without running them. */
export const OTHER_MODEL_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR420',
    name: 'mxnet-symbol',
    severity: 'error',
    summary: 'a -symbol.json is not a graph of MXNet',
    why: '`mx.model.load_checkpoint` and `SymbolBlock.imports` fail on it while the handler initializes.',
    remedy: 'Export the symbol again (`model.export("resnet")`).',
    example: { failing: 'resnet-symbol.json with {}', passing: 'resnet-symbol.json with nodes, arg_nodes and heads' },
    needs: ['models', 'archive'],
    async check({ models, archive }) {
      const found: Draft[] = [];
      for (const { entry, format, isDamaged } of models) {
        if (format !== 'mxnet-symbol' || isDamaged) continue;
        const fault = await readMxnetSymbol(archive, entry);
        if (fault !== undefined) found.push({ message: `${entry.path}: ${fault}`, at: { entry: entry.path } });
      }
      return found;
    },
  }),
  defineRule({
    id: 'MAR421',
    name: 'mxnet-params',
    severity: 'error',
    summary: 'a .params file does not hold MXNet arrays',
    why: 'MXNet reads a magic number at its start and fails without it.',
    remedy: 'Export the parameters again, or check that the file was copied whole (Git LFS pointers look like this).',
    example: {
      failing: 'resnet-0000.params with 130 bytes of text',
      passing: 'resnet-0000.params from `model.export`',
    },
    needs: ['models', 'archive'],
    async check({ models, archive }) {
      const found: Draft[] = [];
      for (const { entry, format, isDamaged } of models) {
        if (format !== 'mxnet-params' || isDamaged) continue;
        const fault = await readMxnetParams(archive, entry);
        if (fault !== undefined)
          found.push({ message: `${entry.path} ${fault}`, at: { entry: entry.path }, found: `${entry.size} bytes` });
      }
      return found;
    },
  }),
  defineRule({
    id: 'MAR422',
    name: 'mxnet-pair',
    severity: 'warning',
    summary: 'a symbol has no parameters of the same name, or the other way round',
    why: 'A checkpoint is a pair: PREFIX-symbol.json and PREFIX-NNNN.params, the epoch in four digits.',
    remedy: 'Pack both, under one prefix.',
    example: { failing: 'resnet-symbol.json alone', passing: 'resnet-symbol.json and resnet-0000.params' },
    needs: ['models'],
    *check({ models }) {
      const prefixes = (format: ModelFile['format'], ending: RegExp) =>
        new Map(
          models
            .filter((model) => model.format === format)
            .map(({ entry }) => [entry.path.replace(ending, ''), entry.path]),
        );
      const symbols = prefixes('mxnet-symbol', /-symbol\.json$/);
      const params = prefixes('mxnet-params', /-\d{4}\.params$/);
      for (const [prefix, entry] of symbols)
        if (!params.has(prefix))
          yield { message: `${entry} has no parameters`, at: { entry }, expected: `${prefix}-0000.params` };
      for (const [prefix, entry] of params)
        if (!symbols.has(prefix) && /-\d{4}\.params$/.test(entry))
          yield { message: `${entry} has no symbol`, at: { entry }, expected: `${prefix}-symbol.json` };
    },
  }),
  defineRule({
    id: 'MAR423',
    name: 'mxnet-prefix',
    severity: 'warning',
    summary: "the MXNet template does not find the model's files",
    why: 'The service template of Multi Model Server loads MODELNAME-symbol.json: the prefix of the files must be the name of the model.',
    remedy: 'Rename the files, or give the prefix as `--model-name`.',
    example: {
      failing: 'resnet-symbol.json in an archive named cats, with mxnet_model_service.py',
      passing: 'cats-symbol.json in it',
    },
    needs: ['models', 'archive', 'manifest'],
    *check({ models, archive, manifest }) {
      const name = manifest.model['modelName'];
      if (typeof name !== 'string' || !archive.entries.some((entry) => TEMPLATE.test(entry.path))) return;
      const symbols = models.filter((model) => model.format === 'mxnet-symbol').map(({ entry }) => entry.path);
      if (symbols.length > 0 && !symbols.some((path) => posix.basename(path) === `${name}-symbol.json`))
        yield {
          message: `no symbol is named after the model '${name}'`,
          at: { entry: symbols[0] ?? '' },
          found: symbols.join(', '),
          expected: `${name}-symbol.json`,
        };
    },
  }),
  defineRule({
    id: 'MAR424',
    name: 'safetensors-header',
    severity: 'error',
    summary: 'the header of a .safetensors file does not fit its data',
    why: 'Readers of the format refuse such a file: every tensor has to lie where the header says, one behind the other, up to the end of the file.',
    remedy: 'Save it again, or check that the file was copied whole (Git LFS pointers look like this).',
    example: {
      failing: 'model.safetensors with half of its bytes',
      passing: 'model.safetensors from safetensors.torch.save_file',
    },
    needs: ['models', 'archive'],
    async check({ models, archive }) {
      const found: Draft[] = [];
      for (const { entry, format, isDamaged } of models) {
        if (format !== 'safetensors' || isDamaged) continue;
        const fault = await readSafetensors(archive, entry);
        if (fault !== undefined)
          found.push({ message: `${entry.path} ${fault}`, at: { entry: entry.path }, found: `${entry.size} bytes` });
      }
      return found;
    },
  }),
  defineRule({
    id: 'MAR433',
    name: 'model-file-needed',
    severity: { torchserve: 'warning' },
    summary: 'a built-in handler of TorchServe gets weights without the class they belong to',
    why: 'The built-in handlers load TorchScript by itself; for a state_dict they need the file with the model class, `modelFile` in the manifest.',
    remedy: 'Pack with `--model-file model.py`, or save TorchScript.',
    example: {
      failing: '"handler": "image_classifier", "serializedFile": "state.pt"',
      passing: '"modelFile": "model.py" beside it',
    },
    needs: ['loaded', 'manifest'],
    *check({ loaded, manifest }) {
      const { serializedFile, modelFile } = manifest.model;
      const builtIn = TORCHSERVE_HANDLERS.includes(manifest.handler ?? '') && manifest.runtime !== 'nodejs';
      const found = loaded.find(({ entry }) => entry.path === serializedFile);
      const kind = found && torchKind(found.file);
      if (builtIn && modelFile === undefined && (kind === 'state-dict' || kind === 'legacy'))
        yield {
          message: `${String(serializedFile)} is a state_dict and no model file is named`,
          at: manifest.at('/model/serializedFile'),
        };
    },
  }),
];
