import { extensionProblems } from '#manifest/extension-problems.js';
import { checkFields, type FieldFault, LEGACY_FIELDS, MANIFEST_FIELDS, type Reader } from '#manifest/fields.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import { nearest } from '#nearest.js';
import { TARGETS, type Target } from '../../finding.js';
import { defineRule, type Rule } from '../../rule.js';

/** The targets that read a field; our runner reads what both servers read. */
const READERS: Readonly<Record<Reader, readonly Target[]>> = {
  mms: ['mms', 'sagemaker'],
  torchserve: ['torchserve'],
  both: TARGETS,
  nobody: [],
};

/** A rule about one kind of {@link FieldFault}. */
const fieldRule = (kind: FieldFault['kind'], tell: (fault: FieldFault) => string) => ({
  needs: ['manifest'] as const,
  *check({ manifest }: { manifest: ManifestDocument }) {
    // In 0.4 numbers were the rule, and nobody misspells a field of it any more.
    if (manifest.legacy && kind !== 'type') return;
    for (const fault of checkFields(manifest.file, manifest.legacy ? LEGACY_FIELDS : MANIFEST_FIELDS)) {
      if (fault.kind !== kind) continue;
      const { found, expected, pointer, reader } = fault;
      yield {
        message: tell(fault),
        at: manifest.inFile(pointer),
        targets: READERS[reader],
        ...(kind !== 'unknown' && { found, expected }),
      };
    }
  },
});

/** MAR220 to MAR223 and MAR225: kinds and names of fields. */
export const SHAPE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR220',
    name: 'field-type',
    severity: 'error',
    summary: 'a field has a value of the wrong kind',
    why: 'Both servers read the fields they know into typed Java fields and answer 400 "Failed to parse signature.json." when an object or list stands where text belongs, or the other way round; each ignores the fields of the other.',
    remedy: 'Correct the field that is shown.',
    example: { failing: '"handler": ["service", "handle"]', passing: '"handler": "service:handle"' },
    ...fieldRule('type', ({ pointer, found, expected }) => `${pointer} is ${found}, not ${expected}`),
  }),
  defineRule({
    id: 'MAR221',
    name: 'field-coerced',
    severity: 'warning',
    summary: 'a number or boolean stands where text belongs',
    why: 'The Java front ends turn it into text, but the handler sees the number in `context.manifest`: 1.10 has become 1.1 by then.',
    remedy: 'Put the value in quotes.',
    example: { failing: '"modelVersion": 1.10', passing: '"modelVersion": "1.10"' },
    ...fieldRule('coerced', ({ pointer, found }) => `${pointer} is ${found}, not a string`),
  }),
  defineRule({
    id: 'MAR222',
    name: 'unknown-field',
    severity: 'warning',
    summary: 'no server knows a field',
    why: 'It is ignored without a word; when it is a misspelling, so is the setting.',
    remedy: 'Correct the name, or move your own data to `userData` or `model.extensions`, which both servers keep.',
    example: { failing: '"model": { "modelname": "cats" }', passing: '"model": { "modelName": "cats" }' },
    ...fieldRule('unknown', ({ pointer, key, siblings }) => {
      const near = nearest(key, siblings);
      return `no server knows ${pointer}${near === undefined ? '' : ` (did you mean '${near}'?)`}`;
    }),
  }),
  defineRule({
    id: 'MAR223',
    name: 'duplicate-field',
    severity: 'warning',
    summary: 'a field occurs twice in one object',
    why: 'JSON leaves open which one counts: Gson refuses it in free objects, Python and JavaScript take the last.',
    remedy: 'Remove one of the two.',
    example: { failing: '{ "runtime": "python", "runtime": "python3" }', passing: '{ "runtime": "python3" }' },
    needs: ['manifest'],
    *check({ manifest }) {
      for (const { pointer, at } of manifest.json.duplicateKeys())
        yield { message: `${pointer} occurs twice`, at: { entry: manifest.entry, pointer, ...at } };
    },
  }),
  defineRule({
    id: 'MAR225',
    name: 'extension-invalid',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'warning' },
    summary: 'what our archiver recorded in the manifest is not in its form',
    why: 'Our runner reads the device from there, and the validator the digests and the source map; Multi Model Server and TorchServe ignore it.',
    remedy: 'Pack again with `mar build`; schemas/manifest.schema.json describes the form.',
    example: {
      failing: '"modelArchiver": { "handler": "service.mjs" }',
      passing: '"modelArchiver" as `mar build` writes it',
    },
    needs: ['manifest'],
    *check({ manifest }) {
      for (const { pointer, message } of extensionProblems(manifest))
        yield { message: `${pointer} ${message}`, at: manifest.at(pointer) };
    },
  }),
];
