import { MANIFEST_PATH } from '#manifest/manifest.js';
import { defineRule, type Rule } from '../../rule.js';
import { GOOD } from './example.js';
import { faultDrafts } from './fault-drafts.js';

/** MAR201 to MAR205: is there a manifest, and is it JSON. */
export const PRESENCE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR201',
    name: 'manifest-missing',
    severity: 'error',
    summary: 'the archive has no manifest',
    why: 'Both servers answer 400 "Model name is not defined." unless name and handler are given with the request.',
    remedy: 'Build the archive with `mar build` or `model-archiver`; a plain zip of the folder is not enough.',
    example: { failing: 'service.py and model.onnx only', passing: `${MANIFEST_PATH} beside them` },
    needs: ['found'],
    check: ({ found }) => faultDrafts(found, ['missing']),
  }),
  defineRule({
    id: 'MAR202',
    name: 'manifest-not-json',
    severity: 'error',
    summary: 'the manifest is not JSON',
    why: 'Both servers answer 400 "Failed to parse signature.json." (their words for it), or 500 when it is empty.',
    remedy: 'Correct the place that is shown, or pack again. Comments and trailing commas are not JSON.',
    example: { failing: '{not json', passing: GOOD },
    needs: ['found'],
    check: ({ found }) => faultDrafts(found, ['not-utf8', 'not-json']),
  }),
  defineRule({
    id: 'MAR203',
    name: 'manifest-not-an-object',
    severity: 'error',
    summary: 'the manifest is JSON, but not an object',
    why: 'Both servers fail on it: 400 for a list, 500 NullPointerException for null.',
    remedy: 'Pack again with `mar build`.',
    example: { failing: '[]', passing: GOOD },
    needs: ['found'],
    check: ({ found }) => faultDrafts(found, ['not-an-object']),
  }),
  defineRule({
    id: 'MAR204',
    name: 'manifest-byte-order-mark',
    severity: 'error',
    summary: 'the manifest begins with a byte order mark',
    why: "Python's json module, with which every worker of both servers reads the manifest, refuses it, so no worker starts.",
    remedy: 'Save the manifest as UTF-8 without byte order mark, or pack again.',
    example: {
      failing: 'a manifest saved by Windows Notepad as "UTF-8 with BOM"',
      passing: 'a manifest that begins with {',
    },
    needs: ['found'],
    check: ({ found }) => faultDrafts(found, ['byte-order-mark']),
  }),
  defineRule({
    id: 'MAR205',
    name: 'legacy-manifest',
    severity: { local: 'warning', mms: 'error', torchserve: 'error', sagemaker: 'error' },
    summary: 'the archive is one of MMS 0.4',
    why: 'Multi Model Server 1.1 migrates the manifest and registers the model, but its worker takes only a class derived from its own `SingleNodeService`, whose module imports MXNet: any other service, and every one where MXNet is not installed, ends in 500 "Failed to start workers" (recorded). TorchServe does not know the format. Our runner serves functions and classes as in newer archives.',
    remedy:
      'Convert it with `model-archiver --convert`, and the service to one with `handle(data, context)`. Where MXNet is installed and the service derives from `SingleNodeService`, `--ignore MAR205`.',
    example: { failing: 'MANIFEST.json with "Model-Name" at the top of the archive', passing: MANIFEST_PATH },
    needs: ['manifestText'],
    *check({ manifestText: { entry, legacy } }) {
      if (legacy)
        yield {
          message: `${entry} is a manifest of MMS 0.4, or not where a manifest belongs`,
          at: { entry },
          expected: MANIFEST_PATH,
        };
    },
  }),
];
