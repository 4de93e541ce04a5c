import { MarError } from '#errors/mar-error.js';
import { type ConvertOptions, type ConvertTarget, KSERVE_RUNTIMES } from './options.js';

const ONNX: readonly ConvertTarget[] = ['triton', 'mlserver'];
const PYTHON: readonly ConvertTarget[] = ['torchserve', 'mms', 'sagemaker-tar'];

/** The options that only some targets have, and which ones. What is for a server is for KServe with that server behind it. */
const ONLY_FOR = {
  model: ONNX,
  bridgeNode: PYTHON,
  vendor: PYTHON,
  storageUri: ['kserve'],
  kserveRuntime: ['kserve'],
  name: ['kserve'],
  cpu: ['kserve'],
  memory: ['kserve'],
  gpu: ['kserve'],
} as const satisfies Partial<Record<keyof ConvertOptions, readonly ConvertTarget[]>>;

/**
 * Refuses options that the target, with these servers behind it, would not look at, so that nobody believes that they were heard. Throws
 * `ERR_OPTION`.
 */
export function checkOptions(
  options: ConvertOptions,
  servers: readonly ConvertTarget[] = options.to === 'kserve' ? KSERVE_RUNTIMES : [],
): void {
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const found = [options.to, ...servers];
  for (const [option, targets] of Object.entries<readonly ConvertTarget[]>(ONLY_FOR)) {
    if (!given.includes(option) || found.some((one) => targets.includes(one))) continue;
    const flag = `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new MarError(`${flag} is for ${targets.join(', ')}; ${found.at(-1)} would not look at it.`, {
      code: 'ERR_OPTION',
      hint: `Leave ${flag} out, or convert to another place.`,
    });
  }
}
