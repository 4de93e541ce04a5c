import type { WrittenForm } from '#archive/format.js';
import type { Compression } from '#archive/writing/compression.js';
import type { PackOptions } from './options.js';

/** What `--compression` comes to: only a zip compresses its entries one by one, and `zip-store` is told not to. */
export function compressionPolicy(options: PackOptions, form: WrittenForm): Compression {
  return form.compresses && !options.dryRun ? (options.compression ?? 'auto') : 'store';
}
