import type { Explanation } from '#check/explain.js';
import { printableData } from '#printable.js';
import { formatTable } from './table.js';

const VERBS: Readonly<Record<string, string>> = {
  imported: 'imports',
  made: 'creates',
  called: 'calls',
  changed: 'changes',
};
const WORDS: Readonly<Record<string, string>> = {
  allowed: 'on the list',
  unlisted: 'NOT ON THE LIST',
  dangerous: 'RUNS COMMANDS OR HIDES',
};

/** What `mar validate --explain` prints for people: a line for each use of an import, then what else there is to see. */
export function explainReport(explanation: Explanation): string {
  const { path, kinds, pickles, uses, codes, unproven, fault, passed } = printableData(explanation);
  const head = `${path}: ${kinds.length === 0 ? 'nothing that is loaded was recognised' : kinds.join(', ')}`;
  const count = `${pickles} ${pickles === 1 ? 'pickle' : 'pickles'}, ${uses.length} ${uses.length === 1 ? 'import' : 'imports'}`;
  const rows = uses.map(({ where, at, how, module, name, judgement }) => [
    where === '' ? `byte ${at}` : `${where}, byte ${at}`,
    VERBS[how] ?? how,
    name === '' ? module : `${module}.${name}`,
    WORDS[judgement] ?? judgement,
  ]);
  const place = (where: string) => (where === '' ? '' : ` (${where})`);
  const lines = [
    head,
    count,
    ...formatTable(rows).map((line) => `  ${line}`),
    ...codes.map(({ where, message }) => `  it ${message}${place(where)}`),
    ...unproven.map(({ where, why }) => `  not followed${place(where)}: ${why}`),
    ...(fault === undefined ? [] : [`  ${fault}`]),
    passed ? 'Everything that it imports is on the list.' : 'Do not load it before somebody has looked at these lines.',
  ];
  return `${lines.join('\n')}\n`;
}
