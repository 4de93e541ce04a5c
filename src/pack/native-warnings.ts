import type { PackWarning } from './result.js';

/** Binaries run on machines like this one only. */
export function nativeWarnings(files: readonly { readonly path: string }[]): PackWarning[] {
  const native = files.map(({ path }) => path).filter((path) => path.endsWith('.node'));
  if (native.length === 0) return [];
  const message = `The handler brings native code, which runs on machines like those it was built for (here ${process.platform}-${process.arch}): ${native.join(', ')}.`;
  return [{ code: 'native-code', message }];
}
