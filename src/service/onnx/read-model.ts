import { open } from 'node:fs/promises';
import { PositionalReader } from '#archive/entry-reader.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';

/** What an ONNX file says about itself, its weights left out. `ERR_ONNX_UNREADABLE` for what is none. */
export async function readModel(path: string): Promise<OnnxModel> {
  const file = await open(path);
  const readAt = async (position: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  };
  const reader = new PositionalReader((await file.stat()).size, readAt, () => file.close());
  try {
    return await readOnnx(reader);
  } finally {
    await reader.close();
  }
}
