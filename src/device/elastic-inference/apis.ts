import type { JsonObject } from '#json-object.js';

/** One way in which a framework reached an accelerator (AWS documentation and SDK sources). */
export interface AttachmentApi {
  readonly framework: 'mxnet' | 'tensorflow' | 'pytorch';
  /** First version, and the first that no longer had it. */
  readonly from: string;
  readonly below?: string;
  /** As a sentence has it. */
  readonly words: string;
  /** What code did to attach. */
  readonly attach: string;
  /** What the EI build of that framework did not allow, one sentence each. */
  readonly limits: readonly string[];
}

const MXNET_LIMITS = [
  'Data stays on mx.cpu(): an NDArray on an accelerator fails.',
  'mx.gpu() is not supported.',
  'Only inference: no backward(), nothing is trained.',
];

/** The ways of attaching, by `api` of an Elastic Inference declaration. */
export const ATTACHMENT_APIS: Readonly<Record<string, AttachmentApi>> = {
  'mx-context': {
    framework: 'mxnet',
    from: '1.3',
    below: '1.6',
    words: 'MXNet up to 1.5',
    attach: 'the model is bound to mx.eia(), data to mx.cpu()',
    limits: [...MXNET_LIMITS, 'bind() needs for_training=False, written out.'],
  },
  'mx-optimize-for': {
    framework: 'mxnet',
    from: '1.7',
    words: 'MXNet 1.7',
    attach: "import eimx, then sym.optimize_for('EIA'), on mx.cpu()",
    limits: [...MXNET_LIMITS, 'The context is mx.cpu() everywhere: mx.eia() is that of MXNet up to 1.5.'],
  },
  'tf-predictor': {
    framework: 'tensorflow',
    from: '1.12',
    words: 'TensorFlow',
    attach: 'EIPredictor(model_dir, …, accelerator_id=0)',
    limits: ['Only inference of a saved model or frozen graph: nothing is trained.'],
  },
  'tf-serving': {
    framework: 'tensorflow',
    from: '1.11',
    words: 'TensorFlow Serving',
    attach: 'the EI build of TensorFlow Serving',
    limits: ['Only inference of a saved model: nothing is trained.'],
  },
  'torch-target-device': {
    framework: 'pytorch',
    from: '1.3',
    below: '1.4',
    words: 'PyTorch 1.3',
    attach: 'torch.jit.optimized_execution(True, {"target_device": "eia:0"})',
    limits: ['Only TorchScript: an eager module stays on the cpu.', 'Only inference: nothing is trained.'],
  },
  'torch-attach': {
    framework: 'pytorch',
    from: '1.5',
    words: 'PyTorch 1.5',
    attach: "torch.jit.load(path, map_location='cpu'), then torcheia.jit.attach_eia(model, 0)",
    limits: [
      "Only TorchScript, loaded with map_location='cpu': an eager module stays on the cpu.",
      'Only inference: nothing is trained.',
    ],
  },
};

/** What is wrong with `api` beside `framework` and `frameworkVersion` of an Elastic Inference declaration, or undefined. */
export function apiMismatch(eia: JsonObject): { message: string; found: string; expected: string } | undefined {
  const { api, framework, frameworkVersion: version } = eia;
  const known = apiOf(api);
  if (!known || typeof framework !== 'string') return undefined;
  const name = framework.toLowerCase() === 'torch' ? 'pytorch' : framework.toLowerCase();
  const tooOld = typeof version === 'string' && isBelow(version, known.from);
  const tooNew = typeof version === 'string' && known.below !== undefined && !isBelow(version, known.below);
  if (name === known.framework && !tooOld && !tooNew) return undefined;
  const found = `${String(api)} with ${framework} ${typeof version === 'string' ? version : ''}`.trim();
  return { message: `${String(api)} belongs to ${known.words}`, found, expected: known.words };
}

/** The way of attaching that a declaration names; undefined for `none` and what is not known. */
export function apiOf(api: unknown): AttachmentApi | undefined {
  return typeof api === 'string' && Object.hasOwn(ATTACHMENT_APIS, api) ? ATTACHMENT_APIS[api] : undefined;
}

/** Whether a version comes before another one, by its first two numbers. */
export function isBelow(version: string, limit: string): boolean {
  const [left, right] = [version, limit].map((text) => text.split('.').map(Number));
  for (const index of [0, 1]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
