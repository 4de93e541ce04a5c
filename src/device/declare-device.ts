import { MarError } from '#errors/mar-error.js';
import type { ArchiverExtension, EiaExtension } from '#manifest/manifest.js';
import { nearest } from '#nearest.js';
import { ACCELERATORS, findAccelerator, MAX_ACCELERATORS } from './accelerators.js';
import type { Device } from './context.js';
import { formatDevice, parseDevice } from './parse-device.js';

/** Where a model is to run, as the archiver's flags say it. */
export interface DeviceOptions {
  /** `eia1.medium` … `eia2.xlarge`, with or without SageMaker's `ml.`. */
  readonly accelerator?: string;
  /** 1 to 5; 1 when an accelerator is given without it. Without a model context the workers are spread over all of them. */
  readonly acceleratorCount?: number;
  /** `eia`, `eia:N`, `gpu:N` or `cpu`; `eia:0` when an accelerator is given without it. */
  readonly modelContext?: string;
  /** Only `cpu` is possible. */
  readonly dataContext?: string;
  /** What to do where the device is absent: `cpu` unless told otherwise. */
  readonly acceleratorFallback?: 'cpu' | 'fail';
}

/** The parts of `model.extensions` that declare a device; empty when no flag was given. */
export interface DeviceDeclaration {
  readonly eia?: EiaExtension;
  readonly device?: NonNullable<ArchiverExtension['device']>;
}

/**
 * Turns the device flags into the manifest's declaration. Contradictions are `ERR_DEVICE_CONTEXT` errors: data on an
 * accelerator, an ordinal beyond the count, an unknown type, an accelerator that nothing uses.
 */
export function declareDevice(options: DeviceOptions): DeviceDeclaration {
  const { accelerator, acceleratorCount: count, acceleratorFallback: fallback } = options;
  if (options.dataContext !== undefined) checkDataContext(options.dataContext);
  const model = modelDevice(options);
  if (model?.kind === 'eia') return { eia: declareAccelerator(model, options) };
  if (accelerator !== undefined) {
    throw contradiction(
      `--accelerator ${accelerator} contradicts --model-context ${options.modelContext}: nothing would use it.`,
      'Leave --accelerator out, or use --model-context eia.',
    );
  }
  if (count !== undefined) throw contradiction('--accelerator-count needs --accelerator.');
  if (fallback !== undefined && model?.kind !== 'gpu') {
    throw contradiction('--accelerator-fallback needs a model context that can be absent: eia:N or gpu:N.');
  }
  if (!model && options.dataContext === undefined) return {};
  return {
    device: { model: formatDevice(model ?? { kind: 'cpu', ordinal: 0 }), data: 'cpu', ...(fallback && { fallback }) },
  };
}

function modelDevice(options: DeviceOptions): Device | undefined {
  const text = options.modelContext ?? (options.accelerator === undefined ? undefined : 'eia:0');
  if (text === undefined) return undefined;
  const device = parseDevice(text);
  if (!device) throw contradiction(`--model-context is '${text}'; expected eia, eia:N, gpu:N or cpu.`);
  return device;
}

function checkDataContext(text: string): void {
  if (text === 'cpu') return;
  const kind = parseDevice(text)?.kind;
  if (kind === undefined) throw contradiction(`--data-context is '${text}'; only cpu is possible.`);
  throw contradiction(
    `--data-context ${text} is not possible: inputs stay on the cpu.`,
    kind === 'eia' ? 'An accelerator holds the model only; an array on eia fails at run time.' : undefined,
  );
}

function declareAccelerator(model: Device, options: DeviceOptions): EiaExtension {
  const type = acceleratorType(options.accelerator);
  const count = options.acceleratorCount ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > MAX_ACCELERATORS) {
    throw contradiction(`--accelerator-count is ${count}; an instance holds 1 to ${MAX_ACCELERATORS} accelerators.`);
  }
  if (model.ordinal >= count) {
    throw contradiction(
      `--model-context eia:${model.ordinal} does not exist with ${count} accelerator${count === 1 ? '' : 's'}.`,
      `Ordinals start at 0: use eia:0${count === 1 ? '' : ` to eia:${count - 1}`}, or raise --accelerator-count.`,
    );
  }
  const fallback = options.acceleratorFallback ?? 'cpu';
  return {
    acceleratorType: type,
    count,
    ordinals: options.modelContext === undefined ? [...new Array(count).keys()] : [model.ordinal],
    api: 'none',
    contexts: { model: formatDevice(model), data: 'cpu' },
    required: fallback === 'fail',
    fallback,
  };
}

function acceleratorType(name: string | undefined): string {
  const types = ACCELERATORS.map((accelerator) => accelerator.type);
  if (name === undefined) {
    throw contradiction('--model-context eia needs --accelerator.', `The types are ${types.join(', ')}.`);
  }
  const found = findAccelerator(name);
  if (found) return found.type;
  const guess = nearest(name, types);
  throw contradiction(
    `--accelerator '${name}' is not an Elastic Inference type.`,
    guess === undefined ? `The types are ${types.join(', ')}.` : `Did you mean ${guess}?`,
  );
}

function contradiction(message: string, hint?: string): MarError {
  return new MarError(message, { code: 'ERR_DEVICE_CONTEXT', ...(hint && { hint }) });
}
