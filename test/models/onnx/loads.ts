import { InferenceSession } from 'onnxruntime-node';
import { encodeOnnx, type ModelSpec } from './encode-onnx.js';

/** Whether the packaged ONNX Runtime loads a model. */
export async function loads(spec: ModelSpec): Promise<boolean> {
  try {
    await (await InferenceSession.create(encodeOnnx(spec), { logSeverityLevel: 4 })).release();
    return true;
  } catch {
    return false;
  }
}
