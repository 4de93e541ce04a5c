import type { FileEntry, PlannedEntry } from '#archive/writing/planned-entry.js';
import type { Typecheck } from '#handler/typecheck.js';
import type { InputDeclarations } from '#manifest/declared-inputs.js';
import type { HandlerRecord } from '#manifest/manifest.js';
import type { NamedHandler } from '../packed-handler.js';
import type { PackWarning } from '../result.js';

/** What the handler contributes to the archive and its manifest. */
export interface PreparedHandler extends NamedHandler {
  readonly record?: HandlerRecord;
  readonly provided?: Readonly<Record<string, string>>;
  /** What it declares as its inputs. */
  readonly inputs?: InputDeclarations;
  /** The handler behind the bridge, which `reference` names then. */
  readonly bridge?: { readonly handler: string };
  /** Entries besides those of the model directory. */
  readonly entries: readonly PlannedEntry[];
  /** The author's own files that are inside the compiled module. */
  readonly bundled: readonly FileEntry[];
  readonly warnings?: readonly PackWarning[];
  /** The type check of a TypeScript handler, which goes on while the archive is written. */
  readonly types?: Typecheck;
}
