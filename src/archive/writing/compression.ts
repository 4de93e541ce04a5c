import { closeSync, openSync, readSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import type { Method } from './content.js';
import { type SourceFile, unreadableFile } from './source-file.js';

/** Formats of weights and of what is compressed already: deflating them costs seconds and saves next to nothing. */
const STORED =
  /\.(onnx|onnx_data|ort|params|pt|pth|ckpt|safetensors|npy|npz|h5|hdf5|pb|tflite|gguf|pkl|joblib|jpe?g|png|gif|webp|avif|mp[34]|zip|gz|tgz|bz2|xz|zst|7z|whl|jar|woff2?)$/i;
/** Below this size deflating is free, and the servers' archives look the same. */
const TINY = 4 * 1024;
/** The same bytes as with zlib's defaults for so little content, without their 256 KiB of working memory. */
const FOR_TINY = { windowBits: 12, memLevel: 6, chunkSize: 1024 };
const SAMPLE = 32 * 1024;
/** A file that keeps more than this share of its size is stored. */
const WORTHWHILE = 0.9;

export type Compression = 'auto' | 'store' | 'deflate';

/** How the content of one entry is put into the archive. */
export interface Compressor {
  /** For content in memory: the bytes to write. */
  pack(path: string, content: Buffer): { method: Method; data: Buffer };
  /** For a large file: the method, after a look at three places of it. */
  choose(source: SourceFile): Method;
}

/** Everything stored, everything deflated, or what is worth it. */
export function compressor(policy: Compression): Compressor {
  return {
    pack(path, content) {
      const tiny = content.length < TINY;
      if (policy === 'store' || (policy === 'auto' && !tiny && STORED.test(path)))
        return { method: 'store', data: content };
      const data = deflateRawSync(content, tiny ? FOR_TINY : {});
      const keep = policy === 'deflate' || tiny || data.length < content.length * WORTHWHILE;
      return keep ? { method: 'deflate', data } : { method: 'store', data: content };
    },
    choose(source) {
      if (policy !== 'auto') return policy;
      return STORED.test(source.path) || !shrinks(source) ? 'store' : 'deflate';
    },
  };
}

function shrinks(source: SourceFile): boolean {
  const last = Math.max(0, source.size - SAMPLE);
  const sample = Buffer.concat([0, Math.floor(last / 2), last].map((position) => readSample(source, position)));
  return deflateRawSync(sample, { level: 1 }).length < sample.length * WORTHWHILE;
}

function readSample(source: SourceFile, position: number): Buffer {
  try {
    const descriptor = openSync(source.file, 'r');
    try {
      const sample = Buffer.alloc(SAMPLE);
      return sample.subarray(0, readSync(descriptor, sample, 0, SAMPLE, position));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadableFile(source.path, error);
  }
}
