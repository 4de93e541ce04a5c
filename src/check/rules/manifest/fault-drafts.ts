import type { FaultKind } from '#manifest/faults.js';
import type { FoundManifest } from '#manifest/read-manifest.js';
import type { Draft } from '../../finding.js';

/** What our runner refuses a manifest for, of some kinds, as drafts of the rule that explains them. */
export function* faultDrafts(found: FoundManifest, kinds: readonly FaultKind[]): Generator<Draft> {
  const entry = found.text?.entry;
  for (const { kind, message, pointer, at, found: value, expected } of found.served.faults) {
    if (!kinds.includes(kind)) continue;
    const place = pointer === undefined || at ? { ...(pointer !== undefined && { pointer }), ...at } : undefined;
    yield {
      message,
      ...(entry !== undefined && {
        at: place ? { entry, ...place } : (found.document?.inFile(pointer ?? '') ?? { entry }),
      }),
      ...(value !== undefined && { found: value }),
      ...(expected !== undefined && { expected }),
    };
  }
}
