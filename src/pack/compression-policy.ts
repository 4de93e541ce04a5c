import type { Compression } from '#archive/writing/compression.js';
import type { PackFormat, PackOptions } from './options.js';

/** What `--compression` comes to: only a zip compresses its entries one by one, and `zip-store` is told not to. */
export function compressionPolicy(options: PackOptions, format: PackFormat): Compression {
  return format === 'default' && !options.dryRun ? (options.compression ?? 'auto') : 'store';
}
