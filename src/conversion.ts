/** The part of the public API that is about other servers; index.ts hands it on. */

import type { ConvertOptions } from '#convert/options.js';
import type { Conversion } from '#convert/result.js';

export {
  CONVERT_TARGETS,
  type ConvertOptions,
  type ConvertTarget,
  KSERVE_RUNTIMES,
  type KserveRuntime,
} from '#convert/options.js';
export type { Conversion, Remark } from '#convert/result.js';

/** Makes of an archive what another server loads, and says what could not be carried. Nothing of the archive is executed. */
export async function convert(path: string, options: ConvertOptions): Promise<Conversion> {
  const module = await import('#convert/convert.js');
  return module.convert(path, options);
}
