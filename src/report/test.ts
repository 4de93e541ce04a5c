import { GOLDEN_CASES_DIR } from '#conventions/golden-cases.js';
import { CONTRACT_FAULTS, type ContractCheck, faultsOf, isGrave, type RunContract } from '#conventions/run-contract.js';
import type { GoldenResult } from '#index.js';
import { printableData } from '#printable.js';
import { lifeText } from './life.js';
import { expectationText } from './recorded.js';

/** One line per golden case and per further check, what is wrong below it, and a sum. */
export function testReport(result: GoldenResult): string {
  const { source, modelName, cases, contract, seen } = printableData(result);
  const lines = cases.flatMap((one) => [
    `${one.update?.written ? 'new ' : one.passed ? 'ok  ' : 'FAIL'} ${one.path}${one.description === undefined ? '' : ` (${one.description})`} ${one.durationMs} ms`,
    ...one.differences.map((difference) => `     ${difference}`),
    ...updateLines(one),
  ]);
  const sum =
    cases.length === 0
      ? `${modelName} loads; ${source} has no golden cases (${GOLDEN_CASES_DIR}/*.json).`
      : `${passedOf(cases)} of ${modelName} passed.`;
  return `${[...lines, ...(contract ? contractLines(contract) : []), ...(seen ? seenLines(seen) : []), [sum, ...faults(contract)].join(' ')].join('\n')}\n`;
}

/** What `--update` did with a case. */
function updateLines({ update }: GoldenResult['cases'][number]): string[] {
  if (update === undefined) return [];
  if (update.kept !== undefined) return [`     not updated: ${update.kept}`];
  return [`     updated: expects ${expectationText(update.written)} from now on`];
}

/** What `mar test --quiet` prints: one line, in the words of `mar validate --quiet`. */
export function testVerdict(result: GoldenResult): string {
  const { source, cases, contract, passed } = printableData(result);
  const sum = cases.length === 0 ? 'it loads, and has no golden cases' : `${passedOf(cases)} passed`;
  return `${source}  ${passed ? 'pass' : 'FAIL'}  ${[sum, ...faults(contract)].join('; ')}\n`;
}

function passedOf(cases: GoldenResult['cases']): string {
  const updated = cases.filter(({ update }) => update?.written).length;
  const all = `${cases.filter(({ passed }) => passed).length} of ${cases.length} golden cases`;
  return updated === 0 ? all : `${all} (${updated} updated)`;
}

/** The faults beside the cases for which a test fails. */
function faults(contract: RunContract | undefined): string[] {
  const grave = contract === undefined ? 0 : faultsOf(contract).filter(isGrave).length;
  return grave === 0 ? [] : [`${grave} ${grave === 1 ? 'fault' : 'faults'} beside them`];
}

const MARKS = { error: 'FAIL', warning: 'warn', note: 'note' } as const;

function contractLines({ checks, life, printed }: RunContract): string[] {
  return [
    ...checks.flatMap((check) => [
      `${markOf(check)} ${check.name}: ${check.told}`,
      ...check.findings.map(({ message }) => `     ${message}`),
    ]),
    ...(life === undefined ? [] : [`     ${lifeText(life)}`]),
    ...(printed.lines === 0 ? [] : [`     printed ${printed.lines} ${printed.lines === 1 ? 'line' : 'lines'}`]),
  ];
}

/** What the model did beside answering: nothing of it fails a test. */
function seenLines({ files, processes, actions }: NonNullable<GoldenResult['seen']>): string[] {
  return [
    ...(files.length === 0 ? [] : [`     wrote ${files.join(', ')}`]),
    ...(actions.length === 0 ? [] : [`     ${actions.join(', ')}`]),
    ...(processes.length === 0 ? [] : [`     left ${processes.join(', ')} running`]),
  ];
}

/** `ok  `, the gravest of its findings, or `skip` where it was not looked at. */
function markOf({ looked, findings }: ContractCheck): string {
  if (!looked) return 'skip';
  const levels = findings.map(({ fault }) => CONTRACT_FAULTS[fault]);
  const gravest = (['error', 'warning', 'note'] as const).find((level) => levels.includes(level));
  return gravest === undefined ? 'ok  ' : MARKS[gravest];
}
