export { type ErrorKind, MarError } from '#errors.js';
export { VERSION } from '#version.js';

import type { InspectOptions, InspectResult } from '#inspect/inspect.js';

export type { InspectOptions, InspectResult } from '#inspect/inspect.js';

/** What an archive or model directory holds, without running it: manifest, entries and digests, models, device context. */
export async function inspect(path: string, options?: InspectOptions): Promise<InspectResult> {
  const module = await import('#inspect/inspect.js');
  return module.inspect(path, options);
}
