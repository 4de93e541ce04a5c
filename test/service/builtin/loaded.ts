import sharp from 'sharp';
import { builtinService } from '#service/builtin/index.js';
import type { Context, ModelService } from '#service/index.js';
import { bytes, msg, num } from '../../models/onnx/encode-onnx.js';

/** ONNX's number for int64. */
export const INT64 = 7;
/** ONNX's number for float16. */
export const FLOAT16 = 10;
export const intAttribute = (name: string, value: number): Buffer =>
  msg(0, bytes(1, name), num(3, value), num(20, 2)).subarray(2);
export const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

/** A built-in service by its name, initialized. */
export async function load(name: string, context: Context): Promise<ModelService> {
  const service = await builtinService(name);
  if (!service) throw new Error(`no service ${name}`);
  await service.initialize?.(context);
  return service;
}

/** What a piece of work fails with. */
export async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => String(error),
  );
}

/** A picture of one colour, 8 × 8 pixels unless told. */
export const colour = (r: number, g: number, b: number, width = 8, height = 8): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
