/** An Elastic Inference accelerator size. Memory in MiB (GB read as 1024 MiB), throughput in TFLOPS. */
export interface Accelerator {
  readonly type: string;
  readonly memoryMiB: number;
  readonly fp32Tflops: number;
  readonly fp16Tflops: number;
}

/** The six accelerator types that ever existed (AWS documentation, Elastic Inference basics). */
export const ACCELERATORS: readonly Accelerator[] = [
  { type: 'eia1.medium', memoryMiB: 1024, fp32Tflops: 1, fp16Tflops: 8 },
  { type: 'eia1.large', memoryMiB: 2048, fp32Tflops: 2, fp16Tflops: 16 },
  { type: 'eia1.xlarge', memoryMiB: 4096, fp32Tflops: 4, fp16Tflops: 32 },
  { type: 'eia2.medium', memoryMiB: 2048, fp32Tflops: 1, fp16Tflops: 8 },
  { type: 'eia2.large', memoryMiB: 4096, fp32Tflops: 2, fp16Tflops: 16 },
  { type: 'eia2.xlarge', memoryMiB: 8192, fp32Tflops: 4, fp16Tflops: 32 },
];

/** Their names, smallest first in each generation. */
export const ACCELERATOR_TYPES: readonly string[] = ACCELERATORS.map(({ type }) => type);

/** At most five accelerators could be attached to one instance. */
export const MAX_ACCELERATORS = 5;

/** The accelerator of a name such as `eia2.medium`; SageMaker's `ml.` prefix is accepted. */
export function findAccelerator(name: string): Accelerator | undefined {
  const type = name.startsWith('ml.') ? name.slice(3) : name;
  return ACCELERATORS.find((accelerator) => accelerator.type === type);
}
