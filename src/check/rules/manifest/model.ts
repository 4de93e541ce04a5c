import type { ManifestDocument } from '#manifest/manifest-document.js';
import { PLAIN_NAME, unaddressable } from '#manifest/model-name.js';
import type { Draft } from '../../finding.js';
import { defineRule, type Rule } from '../../rule.js';
import { GOOD } from './example.js';
import { faultDrafts } from './fault-drafts.js';

const NAME_REMEDY = 'Use letters, digits, `_`, `-` and `.`, and begin with a letter or digit.';
/** MAR210, MAR211, MAR216 to MAR219 and MAR228: the fields that describe the model. */
export const MODEL_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR210',
    name: 'model-name-missing',
    severity: 'error',
    summary: 'the manifest names no model',
    why: 'Both servers answer 400 "Model name is not defined.", or 500 when `model` is null.',
    remedy: 'Give `--model-name` when packing.',
    example: { failing: '{ "model": { "handler": "service:handle" } }', passing: GOOD },
    needs: ['found', 'manifest'],
    check: ({ found }) => faultDrafts(found, ['no-name']),
  }),
  defineRule({
    id: 'MAR211',
    name: 'handler-not-declared',
    severity: 'error',
    summary: 'the manifest names no handler',
    why: 'Multi Model Server answers 400 "Model handler is not defined."; TorchServe registers the model and then starts no worker.',
    remedy: 'Give `--handler` when packing.',
    example: { failing: '{ "model": { "modelName": "cats" } }', passing: GOOD },
    needs: ['found', 'manifest'],
    check: ({ found }) => faultDrafts(found, ['no-handler', 'no-service']),
  }),
  defineRule({
    id: 'MAR216',
    name: 'model-name-unusable',
    severity: 'warning',
    summary: 'the name cannot be used in a URL as it is',
    why: 'The servers register it, but every client must escape it.',
    remedy: NAME_REMEDY,
    example: { failing: '"modelName": "mon modèle"', passing: '"modelName": "resnet-152"' },
    needs: ['manifest'],
    check: ({ manifest }) =>
      nameDraft(manifest, (name) => (unaddressable(name) === undefined ? 'is awkward in a URL' : undefined)),
  }),
  defineRule({
    id: 'MAR228',
    name: 'model-name-unaddressable',
    severity: 'error',
    summary: 'no URL leads to the model',
    why: 'The servers register it, and then it can neither be asked, described nor deleted: %2F is decoded before the path is split (recorded). Our runner takes %2F for a part of the name, and refuses other such names.',
    remedy: NAME_REMEDY,
    example: { failing: '"modelName": "na me/with%strange"', passing: '"modelName": "resnet-152"' },
    needs: ['manifest'],
    check: ({ manifest }) => nameDraft(manifest, unaddressable),
  }),
  defineRule({
    id: 'MAR217',
    name: 'version-missing',
    severity: { torchserve: 'note' },
    summary: 'the model has no version',
    why: 'TorchServe calls it 1.0; a second archive of that name is then refused with 409.',
    remedy: 'Give `--version` when packing.',
    example: { failing: '"model": { "modelName": "cats", … }', passing: '"modelVersion": "1.2"' },
    needs: ['manifest'],
    *check({ manifest }) {
      if (manifest.model['modelVersion'] === undefined)
        yield { message: 'model.modelVersion is missing', at: manifest.at('/model') };
    },
  }),
  defineRule({
    id: 'MAR218',
    name: 'specification-version',
    severity: 'warning',
    summary: 'the manifest follows a specification that nobody knows',
    why: 'The servers load it without looking (recorded), so whatever is new in it is silently ignored.',
    remedy: 'Set specificationVersion to "1.0".',
    example: { failing: '"specificationVersion": "2.0"', passing: '"specificationVersion": "1.0"' },
    needs: ['manifest'],
    *check({ manifest }) {
      const version = manifest.value['specificationVersion'];
      if (version === undefined || version === null || /^1(\.\d+)*$/.test(String(version))) return;
      yield {
        message: `specificationVersion ${String(version)} is unknown`,
        at: manifest.at('/specificationVersion'),
        found: String(version),
        expected: '1.0',
      };
    },
  }),
  defineRule({
    id: 'MAR219',
    name: 'model-name-not-unicode',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'warning' },
    summary: 'the model name holds half of a character',
    why: 'No URL and no UTF-8 answer can write half a surrogate pair: our runner refuses the model, on the other servers nobody can address it.',
    remedy: 'Give another `--model-name` when packing.',
    example: { failing: '"modelName": "cat\\ud83d"', passing: '"modelName": "cat"' },
    needs: ['found', 'manifest'],
    check: ({ found }) => faultDrafts(found, ['name-not-unicode']),
  }),
];

/** The name as a draft where it is not plain and has a fault. MAR210 speaks of an empty name, MAR219 of half a character. */
function* nameDraft(manifest: ManifestDocument, faultOf: (name: string) => string | undefined): Generator<Draft> {
  const name = manifest.model['modelName'];
  if (typeof name !== 'string' || /^$|\p{Cs}/u.test(name) || PLAIN_NAME.test(name)) return;
  const fault = faultOf(name);
  if (fault === undefined) return;
  yield {
    message: `the model name ${JSON.stringify(name)} ${fault}`,
    at: manifest.at('/model/modelName'),
    found: name,
    expected: '[A-Za-z0-9][A-Za-z0-9_.-]*',
  };
}
