import type { JsonObject } from '#json-object.js';

/** Which framework a way of attaching belongs to, and its versions (AWS documentation and SDK sources). */
const APIS: Readonly<Record<string, { framework: string; from: string; below?: string; words: string }>> = {
  'mx-context': { framework: 'mxnet', from: '1.3', below: '1.6', words: 'MXNet up to 1.5' },
  'mx-optimize-for': { framework: 'mxnet', from: '1.7', words: 'MXNet 1.7' },
  'tf-predictor': { framework: 'tensorflow', from: '1.12', words: 'TensorFlow' },
  'tf-serving': { framework: 'tensorflow', from: '1.11', words: 'TensorFlow Serving' },
  'torch-target-device': { framework: 'pytorch', from: '1.3', below: '1.4', words: 'PyTorch 1.3' },
  'torch-attach': { framework: 'pytorch', from: '1.5', words: 'PyTorch 1.5' },
};

/** What is wrong with `api` beside `framework` and `frameworkVersion` of an Elastic Inference declaration, or undefined. */
export function apiMismatch(eia: JsonObject): { message: string; found: string; expected: string } | undefined {
  const { api, framework, frameworkVersion: version } = eia;
  const known = typeof api === 'string' ? APIS[api] : undefined;
  if (!known || typeof framework !== 'string') return undefined;
  const name = framework.toLowerCase() === 'torch' ? 'pytorch' : framework.toLowerCase();
  const tooOld = typeof version === 'string' && isBelow(version, known.from);
  const tooNew = typeof version === 'string' && known.below !== undefined && !isBelow(version, known.below);
  if (name === known.framework && !tooOld && !tooNew) return undefined;
  const found = `${String(api)} with ${framework} ${typeof version === 'string' ? version : ''}`.trim();
  return { message: `${String(api)} belongs to ${known.words}`, found, expected: known.words };
}

function isBelow(version: string, limit: string): boolean {
  const [left, right] = [version, limit].map((text) => text.split('.').map(Number));
  for (const index of [0, 1]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
