import type { LoadedFile } from '../content/findings.js';

/** What a file of PyTorch is: TorchScript holds its own code, modules and state dicts are pickles, `legacy` is the format before 1.6. */
export type TorchKind = 'torchscript' | 'module' | 'state-dict' | 'legacy' | 'unknown';

/** What a file is for PyTorch, from what is in it. */
export function torchKind({ kinds, members, uses, pickles }: LoadedFile): TorchKind {
  if (!kinds.has('zip')) return pickles > 0 ? 'legacy' : 'unknown';
  if (!members.some((name) => /^[^/]+\/data\.pkl$/.test(name))) return 'unknown';
  if (members.some((name) => /^[^/]+\/(constants\.pkl$|code\/)/.test(name))) return 'torchscript';
  return uses.every(({ module, name }) => isTensorPart(`${module}.${name}`)) ? 'state-dict' : 'module';
}

/** What a dictionary of tensors imports. */
function isTensorPart(name: string): boolean {
  return /^(collections\.OrderedDict|torch\._utils\._rebuild\w+|torch\.storage\.\w+|torch\.\w+)$/.test(name);
}
