import { open } from 'node:fs/promises';
import { PositionalReader } from '#archive/entry-reader.js';
import { readOnnx } from '#models/onnx/read-onnx.js';

/** The metadata properties of an ONNX file, such as `Image.BitmapPixelFormat` or `names`. */
export async function readMetadata(path: string): Promise<Readonly<Record<string, string>>> {
  const file = await open(path);
  const readAt = async (position: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  };
  const reader = new PositionalReader((await file.stat()).size, readAt, () => file.close());
  try {
    return (await readOnnx(reader)).metadata;
  } finally {
    await reader.close();
  }
}
