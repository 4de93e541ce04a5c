import { objectAt } from '#json-object.js';
import { writtenInputs } from '#manifest/declared-inputs.js';
import { defineRule, type Rule } from '../../rule.js';
import { faultDrafts } from './fault-drafts.js';

/** MAR212 to MAR215 and MAR231: who is to run it, and what that one does not do. */
export const RUNTIME_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR212',
    name: 'runtime-unknown',
    severity: 'error',
    summary: 'no server knows the runtime',
    why: 'Both servers answer 400 "Runtime is not defined or invalid.".',
    remedy: 'Use python, python2 or python3, or nodejs for our own runner.',
    example: { failing: '"runtime": "java"', passing: '"runtime": "python3"' },
    needs: ['found', 'manifest'],
    check: ({ found }) => faultDrafts(found, ['runtime-unknown']),
  }),
  defineRule({
    id: 'MAR213',
    name: 'runtime-unsupported',
    severity: 'error',
    summary: 'this target does not run the runtime',
    why: 'Multi Model Server and TorchServe run Python only (TorchServe no Python 2): 400 "Runtime is not defined or invalid.". LSP is a C++ backend of TorchServe that nothing else has.',
    remedy:
      'Pack a Node handler with `--bridge`, which lets these servers run it, or serve it with `mar serve-local`; give LSP archives to TorchServe.',
    example: { failing: '"runtime": "nodejs" with --target mms', passing: '"runtime": "nodejs" with --target local' },
    needs: ['manifest'],
    *check({ manifest }) {
      const { runtime } = manifest;
      const at = manifest.at('/runtime');
      if (runtime === 'nodejs' && manifest.bridged === undefined)
        yield {
          message: 'Node handlers run in our own runner only',
          at,
          found: runtime,
          expected: 'python',
          targets: ['mms', 'torchserve', 'sagemaker'],
        };
      if (runtime === 'python2')
        yield {
          message: 'TorchServe has no Python 2',
          at,
          found: runtime,
          expected: 'python or python3',
          targets: ['torchserve'],
        };
      if (runtime === 'LSP')
        yield {
          message: 'LSP is known to TorchServe only',
          at,
          found: runtime,
          targets: ['local', 'mms', 'sagemaker'],
        };
    },
  }),
  defineRule({
    id: 'MAR214',
    name: 'python2',
    severity: { local: 'warning', mms: 'warning', sagemaker: 'warning' },
    summary: 'the archive asks for Python 2',
    why: 'Python 2 ended in 2020. Where the server has no `python2`, registration blocks for 60 s and ends with 500, and the model stays registered (recorded on MMS).',
    remedy: 'Move the handler to Python 3 and pack with `--runtime python3`.',
    example: { failing: '"runtime": "python2"', passing: '"runtime": "python3"' },
    needs: ['manifest'],
    *check({ manifest }) {
      if (manifest.runtime === 'python2')
        yield { message: 'the runtime is python2', at: manifest.at('/runtime'), found: 'python2', expected: 'python3' };
    },
  }),
  defineRule({
    id: 'MAR215',
    name: 'engine-name-missing',
    severity: { local: 'error', mms: 'error', torchserve: 'note', sagemaker: 'error' },
    summary: 'the manifest has an engine without a name',
    why: 'Multi Model Server answers 400 "engineName is required in <engine>.".',
    remedy: 'Name the engine (`MXNet`, `ONNX`), or remove the whole field.',
    example: { failing: '"engine": { "engineVersion": "1.2" }', passing: '"engine": { "engineName": "MXNet" }' },
    needs: ['found', 'manifest'],
    check: ({ found }) => faultDrafts(found, ['no-engine-name']),
  }),
  defineRule({
    id: 'MAR231',
    name: 'inputs-not-checked',
    severity: 'warning',
    summary: 'inputs are declared for a handler that gets them unchecked',
    why: 'Declared inputs are read from the code of Node handlers, and their worker checks requests by them. A Python handler gets every request as it came, on every server, whatever the manifest says of its inputs.',
    remedy: 'Check requests in the handler, or remove `inputs` from the manifest.',
    example: {
      failing: '"runtime": "python" and "inputs": { "text": … }',
      passing: '"runtime": "nodejs" and "inputs": { "text": … }',
    },
    needs: ['manifest'],
    *check({ manifest }) {
      const { runtime, model } = manifest;
      const written = writtenInputs(objectAt(model, 'extensions'));
      if (runtime === 'nodejs' || written === undefined) return;
      yield {
        message: `the inputs are declared, and no server checks them for a handler in ${runtime}`,
        at: manifest.at('/model/extensions/modelArchiver/inputs'),
      };
    },
  }),
];
