/** How an input is made: a tensor of seeded values between `low` and `high`, or this one. */
export type Made =
  | { readonly shape: readonly number[]; readonly low: number; readonly high: number }
  | { readonly value: number };

/** A model that ships in a package of PyPI. */
export interface RegistryModel {
  /** With its version. */
  readonly package: string;
  /** Below the package's folder of modules. */
  readonly file: string;
  /** Requests of different inputs; where an axis is open, of different lengths. */
  readonly requests: readonly Readonly<Record<string, Made>>[];
}

const between = (shape: readonly number[], low = 0, high = 1): Made => ({ shape, low, high });
const five = <T>(make: (index: number) => T): T[] => [0, 1, 2, 3, 4].map(make);

const SILERO = 'silero-vad==6.2.3';
const RAPID = 'rapidocr-onnxruntime==1.4.4';
const DDDD = 'ddddocr==1.6.1';
const speech = (index: number) => ({
  input: between([1, 512], -0.5, 0.5),
  state: between([2, 1, 128], -0.1, 0.1 * index),
});

export const MODELS: readonly RegistryModel[] = [
  {
    package: SILERO,
    file: 'silero_vad/data/silero_vad.onnx',
    requests: five((index) => ({ ...speech(index), sr: { value: 16_000 } })),
  },
  {
    package: SILERO,
    file: 'silero_vad/data/silero_vad_16k_op15.onnx',
    requests: five((index) => ({ ...speech(index), sr: { value: 16_000 } })),
  },
  {
    package: SILERO,
    file: 'silero_vad/data/silero_vad_op18_ifless.onnx',
    requests: five((index) => ({
      ...speech(index),
      sr: { value: index === 3 ? 8000 : 16_000 },
      ...(index === 3 && { input: between([1, 256], -0.5, 0.5) }),
    })),
  },
  {
    package: SILERO,
    file: 'silero_vad/data/silero_vad_half.onnx',
    requests: five((index) => ({ ...speech(index), input: between([1, 576], -0.5, 0.5) })),
  },
  {
    package: SILERO,
    file: 'silero_vad/data/silero_vad_16k_sequence.onnx',
    requests: five((index) => ({
      input: between([3 + (index % 2), 576], -0.5, 0.5),
      h: between([1, 1, 128], -0.1, 0.1),
      c: between([1, 1, 128], -0.1, 0.1),
    })),
  },
  {
    package: RAPID,
    file: 'rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx',
    requests: five((index) => ({ x: between([1, 3, 64 + 32 * (index % 2), 96], -1, 1) })),
  },
  {
    package: RAPID,
    file: 'rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx',
    requests: five((index) => ({ x: between([1, 3, 48, 96 + 16 * (index % 3)], -1, 1) })),
  },
  {
    package: RAPID,
    file: 'rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx',
    requests: five(() => ({ x: between([1, 3, 48, 192], -1, 1) })),
  },
  {
    package: 'magika==1.0.3',
    file: 'magika/models/standard_v3_3/model.onnx',
    requests: five((index) => ({ bytes: between([1, 2048], 0, index === 4 ? 2 : 257) })),
  },
  {
    package: DDDD,
    file: 'ddddocr/common.onnx',
    requests: five((index) => ({ input1: between([1, 1, 64, 96 + 32 * (index % 2)]) })),
  },
  {
    package: DDDD,
    file: 'ddddocr/common_old.onnx',
    requests: five((index) => ({ input1: between([1, 1, 64, 96 + 32 * (index % 2)]) })),
  },
  {
    package: DDDD,
    file: 'ddddocr/common_det.onnx',
    requests: five(() => ({ images: between([1, 3, 416, 416], 0, 255) })),
  },
];
