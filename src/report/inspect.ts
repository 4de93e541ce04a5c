import { basename } from 'node:path';
import type { InspectedEntry, InspectResult } from '#inspect/inspect.js';
import type { ModelSummary } from '#inspect/inspect-models.js';
import type { InspectedVerification } from '#inspect/inspect-verifications.js';
import { printableData } from '#printable.js';
import { formatBytes } from './bytes.js';
import { joinSections, titled } from './sections.js';
import { formatTable, formatTextTable } from './table.js';
import { count } from './validate/words.js';

/** What `mar inspect` prints for people, on a terminal of so many columns. */
export function inspectReport(inspected: InspectResult, columns?: number): string {
  const result = printableData(inspected, ['manifestProblem']);
  const sections = [
    [`${result.archive}: ${result.format}, ${plural(result.entries.length)}, ${formatBytes(result.bytes)}`],
    titled(manifestTitle(result), manifestLines(result)),
    titled('model-archiver --convert would take over', convertedLines(result)),
    titled('Device', deviceLines(result)),
    titled('Inputs', inputLines(result, columns)),
    titled('Provided by the runner', formatTable(Object.entries(result.provided))),
    ...result.models.map((model) => modelLines(model, columns)),
    ...result.verifications.map(verificationLines),
    titled('Entries', entryLines(result.entries)),
    titled('Problems', problemLines(result)),
  ];
  return joinSections(sections);
}

/** Problems of one code that are shown. */
const SHOWN = 10;

/** The first of each kind; one fault of the tool that packed an archive may be in every entry. */
function problemLines({ problems }: InspectResult): string[] {
  const kinds = new Map<string, string[]>();
  for (const { code, severity, message } of problems)
    (kinds.get(code) ?? kinds.set(code, []).get(code))?.push(`${severity}: ${message} [${code}]`);
  return [...kinds].flatMap(([code, lines]) => {
    const more = lines.length - SHOWN;
    return [...lines.slice(0, SHOWN), ...(more > 0 ? [`… and ${more} more [${code}] (--json lists all)`] : [])];
  });
}

function plural(entries: number): string {
  return entries === 1 ? '1 entry' : `${entries} entries`;
}

function manifestTitle({ legacy, manifestPath }: InspectResult): string {
  return legacy === undefined ? 'Manifest' : `Manifest of Multi Model Server 0.4, ${manifestPath}`;
}

function convertedLines({ legacy }: InspectResult): string[] {
  if (legacy?.converted === undefined) return [];
  const { handler, modelDescription: description, extensions, fields } = legacy.converted;
  return formatTable(fieldsOf({ model: { handler, description, extensions }, ...fields }));
}

function manifestLines({ manifest, manifestProblem }: InspectResult): string[] {
  const problem = manifestProblem === undefined ? [] : [`problem: ${manifestProblem.replaceAll('\n', '\n  ')}`];
  return [...formatTable(fieldsOf(manifest)), ...problem];
}

/** The fields of the manifest as dotted names; what our own extension holds is shown in sections of its own. */
function fieldsOf(value: unknown, name = ''): string[][] {
  if (/^model\.extensions\.modelArchiver\.(entries|provided|inputs)$/.test(name)) return [];
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return name === '' ? [] : [[name, String(value)]];
  if (Array.isArray(value)) return [[name, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, field]) => fieldsOf(field, name === '' ? key : `${name}.${key}`));
}

function deviceLines({ device }: InspectResult): string[] {
  if (device === undefined) return [];
  const accelerator = device.accelerator && `${device.accelerator.count} x ${device.accelerator.type}`;
  return formatTable([
    ['model', device.model],
    ['data', device.data],
    ['fallback', device.fallback],
    ...(accelerator === undefined ? [] : [['accelerator', accelerator]]),
  ]);
}

/** Of each declared input what it takes, and what it means. */
function inputLines({ inputs = [] }: InspectResult, columns = Number.POSITIVE_INFINITY): string[] {
  const rows = inputs.map(({ name, takes, declaration, unchecked }) => {
    const instead = 'default' in declaration ? `; ${JSON.stringify(declaration.default)} if absent` : '';
    const optional = declaration.optional === true ? '; may be absent' : '';
    const meaning = declaration.description === undefined ? '' : ` (${declaration.description})`;
    const promise = unchecked ? '; not checked, since the handler is not a Node handler' : '';
    return [name, `${takes}${instead}${optional}${meaning}${promise}`];
  });
  return rows.length === 0 ? [] : formatTextTable(rows, columns - 2);
}

function modelLines(model: ModelSummary, columns = Number.POSITIVE_INFINITY): string[] {
  if (model.problem !== undefined) return titled(`Model ${model.entry}`, [`problem: ${model.problem}`]);
  const opsets = usedOpsets(model).map(([domain, version]) => `${domain} ${version}`);
  const operators = Object.entries(model.operators).map(([operator, count]) => `${operator} ${count}`);
  return titled(
    `Model ${model.entry}`,
    formatTextTable(
      [
        ['opset', `${opsets.join(', ')} (IR version ${model.irVersion})`],
        ...(model.producer === '' ? [] : [['producer', model.producer]]),
        ...Object.entries(model.inputs).map(([name, type]) => ['input', `${name}: ${type}`]),
        ...Object.entries(model.outputs).map(([name, type]) => ['output', `${name}: ${type}`]),
        ['batches', model.batching.joins ? 'in one run' : `one by one: ${model.batching.why}`],
        ['operators', operators.join(', ')],
        ['parameters', `${model.parameters.toLocaleString('en-US')} (${formatBytes(model.weightBytes)})`],
        ...Object.entries(model.metadata).map(([key, value]) => [`metadata ${key}`, value]),
      ],
      columns - 2,
    ),
  );
}

/** Exporters import every domain they know; the ones whose operators the model uses matter. */
function usedOpsets({ opsets, operators }: Extract<ModelSummary, { problem?: undefined }>): [string, number][] {
  const used = new Set(
    Object.keys(operators).map((operator) => (operator.includes(':') ? operator.split(':')[0] : 'ai.onnx')),
  );
  return Object.entries(opsets).filter(([domain]) => used.has(domain));
}

/** What a record says, and whether it is about this content. */
function verificationLines({ where, name, fits, problem, verification }: InspectedVerification): string[] {
  const title = where === 'inside' ? `Verification ${name}` : `Verification beside it, ${basename(name)}`;
  if (verification === undefined) return titled(title, [`problem: it ${problem}`]);
  const { verifiedAt, tool, versions, platform, targets, ignored, run } = verification;
  const verdict = ({ target, errors, warnings, notes }: (typeof targets)[number]): string =>
    `${target}: ${count(errors, 'error')}, ${count(warnings, 'warning')}, ${count(notes, 'note')}`;
  return titled(
    title,
    formatTable([
      ['content', fits ? 'this one' : 'ANOTHER ONE: it says nothing of this archive'],
      ['verified', `${verifiedAt} with ${tool.name} ${tool.version} on ${platform}`],
      [
        'with',
        Object.entries(versions)
          .map(([what, version]) => `${what} ${version}`)
          .join(', '),
      ],
      ['found', `${targets.map(verdict).join('; ')}${ignored > 0 ? `; ${ignored} ignored` : ''}`],
      ['golden cases', `${run.passed} of ${run.cases} passed`],
    ]),
  );
}

const VERDICTS = { match: 'as recorded', differs: 'NOT AS RECORDED', none: '' } as const;

function entryLines(entries: readonly InspectedEntry[]): string[] {
  const rows = entries.map((entry) => [
    formatBytes(entry.size),
    entry.compression === 'store' ? 'stored' : `deflated ${percent(entry)}`,
    entry.sha256?.slice(0, 12) ?? 'unreadable',
    entry.path,
    VERDICTS[entry.recorded],
  ]);
  return rows.length === 0 ? [] : formatTable([['size', 'kept', 'sha256', 'path', ''], ...rows], [0]);
}

function percent({ size, compressedSize }: InspectedEntry): string {
  return size === 0 ? '' : `${Math.round((100 * compressedSize) / size)}%`;
}
