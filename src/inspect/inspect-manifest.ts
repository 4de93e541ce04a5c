import type { Archive } from '#archive/archive.js';
import { MarError } from '#errors/mar-error.js';
import { MANIFEST_PATH, type Manifest } from '#manifest/manifest.js';
import { parseManifest } from '#manifest/read-manifest.js';
import type { DeclaredDevice } from './inspect.js';

/** The manifest as written, what is wrong with it, and what of it `inspect` shows on its own. */
export interface InspectedManifest {
  readonly manifest: unknown;
  readonly manifestProblem?: string;
  readonly device?: DeclaredDevice;
  readonly provided: Readonly<Record<string, string>>;
  /** Recorded digests by path. */
  readonly recorded: Readonly<Record<string, { readonly sha256: string }>>;
}

/** Reads the manifest and keeps what can be kept of a broken one: a fault in it is told, never thrown. */
export async function inspectManifest(archive: Archive): Promise<InspectedManifest> {
  const nothing = { manifest: null, provided: {}, recorded: {} };
  const entry = archive.get(MANIFEST_PATH);
  if (entry === undefined) return { ...nothing, manifestProblem: `it has no ${MANIFEST_PATH}` };
  let bytes: Buffer | undefined;
  try {
    bytes = await archive.bytes(entry);
    const manifest = parseManifest(bytes, archive.source);
    const device = declaredDevice(manifest);
    const own = manifest.model.extensions?.modelArchiver;
    return { manifest, ...(device ? { device } : {}), provided: own?.provided ?? {}, recorded: own?.entries ?? {} };
  } catch (error) {
    if (!(error instanceof MarError)) throw error;
    const manifestProblem = [error.message, error.detail].filter((part) => part !== undefined).join('\n');
    return { ...nothing, manifest: bytes === undefined ? null : jsonOrNull(bytes), manifestProblem };
  }
}

function declaredDevice(manifest: Manifest): DeclaredDevice | undefined {
  const { eia, modelArchiver } = manifest.model.extensions ?? {};
  if (eia !== undefined) {
    const accelerator = { type: eia.acceleratorType, count: eia.count };
    return { model: eia.contexts.model, data: eia.contexts.data, fallback: eia.fallback, accelerator };
  }
  const device = modelArchiver?.device;
  return device && { model: device.model, data: device.data, fallback: device.fallback ?? 'cpu' };
}

function jsonOrNull(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
