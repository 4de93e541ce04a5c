import { beside } from '#inside.js';

/** What a manifest's `model.handler` means on the server that runs it: Python at the first colon, our runner at the last one. */
export interface ManifestReference {
  readonly language: 'python' | 'javascript';
  /** As written: `service:handle`. */
  readonly raw: string;
  /** The part before the colon, without extension. */
  readonly module: string;
  /** The function, method or export; `handle` unless named. */
  readonly entryPoint: string;
  /** Paths in the archive where our worker looks for it, in this order; empty when the reference names no file inside. */
  readonly candidates: readonly string[];
  /** Those of them where Multi Model Server and TorchServe look, too. */
  readonly onServers: readonly string[];
}

/** Takes a manifest's `model.handler` apart. Every runtime but `nodejs` runs Python, as both servers have it. */
export function readReference(raw: string, runtime: string | undefined): ManifestReference {
  const language = runtime === 'nodejs' ? 'javascript' : 'python';
  const colon = language === 'python' ? raw.indexOf(':') : raw.lastIndexOf(':');
  const file = colon < 0 ? raw : raw.slice(0, colon);
  return {
    language,
    raw,
    module: file.replace(/\.(py|[cm]?[jt]s)$/, ''),
    entryPoint: (colon < 0 ? '' : raw.slice(colon + 1)) || 'handle',
    ...(language === 'python' ? pythonCandidates(file, colon >= 0) : sameEverywhere(scriptCandidates(file))),
  };
}

/** The file of a reference: the first of its candidates that `isFile` knows. */
export function resolveReference(
  { candidates }: Pick<ManifestReference, 'candidates'>,
  isFile: (path: string) => boolean,
): string | undefined {
  return candidates.find(isFile);
}

type Candidates = Pick<ManifestReference, 'candidates' | 'onServers'>;

const sameEverywhere = (candidates: readonly string[]): Candidates => ({ candidates, onServers: candidates });

/**
 * The servers import the last segment, dots in it being folders, from the model directory; only a reference with a colon has
 * its own folder searched, before it. Ours searches that folder without a colon, too, after the model directory.
 */
function pythonCandidates(file: string, hasColon: boolean): Candidates {
  const path = file.replace(/\.py$/, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.split('.').includes('')) return sameEverywhere([]);
  const module = name.replaceAll('.', '/');
  const at = (place: string): string[] => [`${place}${module}/__init__.py`, `${place}${module}.py`];
  const folder = beside(path, '.');
  if (!folder) return sameEverywhere(at(''));
  if (hasColon) return sameEverywhere([...at(`${folder}/`), ...at('')]);
  return { candidates: [...at(''), ...at(`${folder}/`)], onServers: at('') };
}

/** Scripts have the name as it is written, or that of the module which their TypeScript was compiled to. */
function scriptCandidates(file: string): string[] {
  const path = beside('.', file);
  if (!path) return [];
  const stems = [path, path.replace(/\.[cm]?ts$/, '')];
  const paths = stems.flatMap((stem) => ['', '.mjs', '.js', '.cjs'].map((extension) => stem + extension));
  return [...new Set(paths.filter((candidate) => /\.[cm]?js$/.test(candidate)))];
}
