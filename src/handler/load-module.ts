import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MarError, messageOf } from '#errors/mar-error.js';
import { loadEsbuild } from './esbuild.js';

/**
 * The default export of a configuration module. TypeScript is compiled in memory with its local imports; nothing is written.
 * Throws `ERR_CONFIG_MODULE` when it cannot be compiled or throws.
 */
export async function loadDefaultExport(file: string): Promise<unknown> {
  try {
    const address = file.endsWith('.ts') ? await compile(file) : pathToFileURL(file).href;
    const { default: value }: { default?: unknown } = await import(address);
    return value;
  } catch (cause) {
    throw new MarError(`${basename(file)} cannot be loaded: ${messageOf(cause)}.`, {
      code: 'ERR_CONFIG_MODULE',
      cause,
    });
  }
}

async function compile(file: string): Promise<string> {
  const { outputFiles } = await loadEsbuild().build({
    absWorkingDir: dirname(file),
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
  });
  return `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')}`;
}
