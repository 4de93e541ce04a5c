import { BUILTIN_SERVICES } from '#conventions/builtin-services.js';
import { objectAt } from '#json-object.js';
import { writtenDevice } from '#manifest/device.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import { kernelFaults } from '#models/onnx/kernels/kernel-faults.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { keepsRowsApart } from '#models/onnx/rows/keep-rows-apart.js';
import { RUNTIME_TYPES, type TypeFault, typeFaults } from '#models/onnx/runtime-types.js';
import type { ModelFile } from '../facts/models.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

/** Inputs with defaults beyond this are not meant as such: some exporters list all weights as inputs. */
const MOST_DEFAULTS = 8;

/** Runs a check over every ONNX model of an archive whose handler runs in Node. */
function* eachModel(
  models: readonly ModelFile[],
  manifest: ManifestDocument,
  check: (model: OnnxModel, path: string) => Iterable<Draft>,
): Iterable<Draft> {
  if (manifest.runtime !== 'nodejs') return;
  for (const { onnx, entry } of models) if (onnx) yield* check(onnx, entry.path);
}

/** True where nothing but the model decides what is answered: a built-in service gives every output. */
const isBuiltin = ({ handler }: ManifestDocument): boolean =>
  handler !== undefined && BUILTIN_SERVICES.includes(handler);

/** Whether the model is declared to run where other implementations are. */
const isOnGpu = ({ model }: ManifestDocument): boolean => {
  const context = writtenDevice(objectAt(model, 'extensions'))?.modelContext;
  return typeof context === 'string' && context.startsWith('gpu');
};

/** What cannot pass the binding: faults that keep the model from being used, and outputs that its service only has to do without. */
function faultsOf(
  model: OnnxModel,
  manifest: ManifestDocument,
): { readonly fatal: TypeFault[]; readonly lost: TypeFault[] } {
  const faults = typeFaults(model);
  const isNothingLeft = faults.filter(({ direction }) => direction === 'output').length === model.outputs.length;
  const needsAll = isNothingLeft || isBuiltin(manifest);
  const isFatal = (fault: TypeFault): boolean => fault.isFatal || needsAll;
  return { fatal: faults.filter(isFatal), lost: faults.filter((fault) => !isFatal(fault)) };
}

const cannotPass = (entry: string, { direction, name, problem }: TypeFault): string =>
  `${entry}: the ${direction} '${name}' ${problem} ONNX Runtime for Node`;

/** The locale that the model's text operators construct, as ONNX Runtime chooses it on Linux. */
function localeOf({ nodes }: OnnxModel): string | undefined {
  const node = nodes.find(({ operator, attributes }) => {
    const change = attributes['case_change_action']?.strings[0] ?? 'NONE';
    const ignoresCase = attributes['stopwords'] !== undefined && attributes['is_case_sensitive']?.ints[0] !== 1;
    return operator === 'StringNormalizer' && (change !== 'NONE' || ignoresCase);
  });
  const locale = node && (node.attributes['locale']?.strings[0] ?? 'en_US.UTF-8');
  return locale === '' || locale === 'C' || locale === 'POSIX' ? undefined : locale;
}

/** MAR410, MAR416 to MAR419 and MAR425: how ONNX Runtime in Node can use a model, from the graph alone. */
export const ONNX_USE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR410',
    name: 'onnx-type',
    severity: { local: 'error' },
    summary: 'an input or output of the model cannot pass ONNX Runtime for Node',
    why: `Its binding takes and gives tensors of ${[...RUNTIME_TYPES].join(', ')}. Other types fail while the model loads, with each request, or end the process; sequences and maps are refused, but for a ZipMap at the end, which is answered from the tensor before it.`,
    remedy: 'Cast inside the model at its edge; for scikit-learn convert with `options={"zipmap": False}`.',
    example: { failing: 'an input bfloat16[n,4]', passing: 'an input float32[n,4], cast to bfloat16 in the graph' },
    needs: ['models', 'manifest'],
    check: ({ models, manifest }) =>
      eachModel(models, manifest, function* (model, entry) {
        for (const fault of faultsOf(model, manifest).fatal)
          yield { message: cannotPass(entry, fault), at: { entry }, remedy: fault.remedy };
      }),
  }),
  defineRule({
    id: 'MAR416',
    name: 'batch-one-by-one',
    severity: { local: 'note' },
    summary: 'requests of a batch go through the model one by one',
    why: 'They share one run only where the graph proves that the rows of the first axis stay apart; else one request could run into the answer of another.',
    remedy:
      'Nothing needs to be done for right answers. Where the model does keep rows apart, say so: `"batch": { "axis": 0 }` in service.json, or `batch` in an OnnxService.',
    example: {
      failing: 'an LSTM with an input [sequence,1,2]',
      passing: 'an image classifier with an input [batch,3,224,224]',
    },
    needs: ['models', 'manifest'],
    check: ({ models, manifest }) =>
      eachModel(models, manifest, function* (model, entry) {
        // A fixed first axis is no doubt: MAR409 speaks of it.
        const isOpen = model.inputs.every(
          ({ dims }) => dims !== undefined && dims.length > 0 && typeof dims[0] !== 'number',
        );
        const joining = keepsRowsApart(model);
        if (isOpen && !joining.joins) yield { message: `${entry}: ${joining.why}`, at: { entry } };
      }),
  }),
  defineRule({
    id: 'MAR417',
    name: 'onnx-output-lost',
    severity: { local: 'warning' },
    summary: 'an output of the model cannot be had in Node',
    why: "ONNX Runtime's binding for Node gives tensors only; the service runs without this output.",
    remedy: 'Export tensors instead of sequences and maps, if the service needs it.',
    example: { failing: 'an output made by SplitToSequence', passing: 'outputs made by Split' },
    needs: ['models', 'manifest'],
    check: ({ models, manifest }) =>
      eachModel(models, manifest, function* (model, entry) {
        for (const fault of faultsOf(model, manifest).lost) yield { message: cannotPass(entry, fault), at: { entry } };
      }),
  }),
  defineRule({
    id: 'MAR418',
    name: 'onnx-input-default',
    severity: { local: 'note' },
    summary: 'an input of the model has a default that cannot be replaced in Node',
    why: "ONNX Runtime's binding for Node does not know inputs that have an initializer: a request that gives one is refused by name.",
    remedy: 'Remove the initializer where requests must give the input; else leave it.',
    example: { failing: 'an input `w` with an initializer `w`', passing: 'an initializer `w` that is not an input' },
    needs: ['models', 'manifest'],
    check: ({ models, manifest }) =>
      eachModel(models, manifest, function* ({ defaults, irVersion }, entry) {
        if (irVersion < 4 || defaults.length > MOST_DEFAULTS) return;
        for (const { name } of defaults)
          yield { message: `${entry}: the default of the input '${name}' cannot be replaced`, at: { entry } };
      }),
  }),
  defineRule({
    id: 'MAR419',
    name: 'onnx-locale',
    severity: 'note',
    summary: 'the model needs a locale of the machine that serves it',
    why: 'StringNormalizer constructs a locale while the session is created; slim containers have none, and the model does not load there.',
    remedy:
      'Install it there (Debian: apt-get install locales, then localedef), or export the model with the locale "C".',
    example: {
      failing: 'StringNormalizer with case_change_action LOWER',
      passing: 'a model that gets lower-case text',
    },
    needs: ['models'],
    *check({ models }) {
      for (const { onnx, entry } of models) {
        const locale = onnx && localeOf(onnx);
        if (locale !== undefined)
          yield { message: `${entry.path} needs the locale ${locale}`, at: { entry: entry.path }, found: locale };
      }
    },
  }),
  defineRule({
    id: 'MAR425',
    name: 'onnx-kernel',
    severity: { local: 'error' },
    summary: 'ONNX Runtime does not have an operator for the types that it gets',
    why: 'The session cannot be created on the CPU: "Could not find an implementation", "bound to different types", or "Type … is invalid". Operators are there for float32, most of them for few other types. All inputs and outputs of ai.onnx and ai.onnx.ml count, inside of branches, loops and functions too.',
    remedy: 'Cast to one of these types before the operator, or export the model in float32 (`model.float()`).',
    example: {
      failing: 'Conv of float64, Relu of bfloat16, Max of int16, Mul of float32 and int64',
      passing: 'Conv of float32',
    },
    needs: ['models', 'manifest'],
    check: ({ models, manifest }) =>
      eachModel(models, manifest, function* (model, entry) {
        if (isOnGpu(manifest)) return;
        for (const { node, problem, found, possible } of kernelFaults(model))
          yield {
            message: `${entry}: ${node} ${problem}`,
            at: { entry },
            found,
            expected: possible.join(', ') || 'another operator',
          };
      }),
  }),
];
