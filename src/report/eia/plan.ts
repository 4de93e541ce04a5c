import type { PlanFinding } from '#eia/findings.js';
import type { PlannedModel } from '#eia/models.js';
import type { AcceleratorFit, EiaPlan } from '#eia/plan.js';
import { printableData } from '#printable.js';
import { formatBytes } from '../bytes.js';
import { joinSections, titled } from '../sections.js';
import { formatTable, formatTextTable } from '../table.js';

/** What `mar eia plan` prints for people, on a terminal of so many columns. */
export function eiaPlanReport(found: EiaPlan, columns = Number.POSITIVE_INFINITY): string {
  const plan = printableData(found);
  const sections = [
    [`${plan.archive}: planned for Elastic Inference, which has ended. Nothing was run, no accelerator was reached.`],
    titled('Declared', declaredLines(plan)),
    ...plan.models.map((model) => modelLines(model)),
    titled(`Accelerators as they were, batch ${plan.batchSize}`, acceleratorLines(plan)),
    titled(
      'Findings',
      plan.findings.flatMap((finding) => findingLines(finding, columns - 2)),
    ),
    [
      ...formatTextTable([[plan.ended]], columns),
      'What can replace it (mar eia migrate ARCHIVE --to …):',
      ...formatTextTable(
        plan.successors.map(({ to, about }) => [`  ${to}`, about]),
        columns,
      ),
    ],
  ];
  return joinSections(sections);
}

function declaredLines({ declared }: EiaPlan): string[] {
  if (declared === undefined) return ['no accelerator: the archive has no model.extensions.eia'];
  return formatTable(
    Object.entries(declared).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function modelLines({ entry, format, fileBytes, version, estimate, missing = {} }: PlannedModel): string[] {
  const operators = Object.entries(missing).map(([operator, count]) => `${operator} ${count}`);
  const parts =
    estimate === undefined
      ? [['memory', 'not known: the graph was not read']]
      : [
          ['weights', formatBytes(estimate.weights)],
          ['inputs and results at once', formatBytes(estimate.activations)],
          ["the runtime's copies and arena", formatBytes(estimate.arena)],
          ['together, estimated', formatBytes(estimate.peak)],
        ];
  return titled(
    `Model ${entry} (${format}${version === undefined ? '' : `, MXNet ${version}`})`,
    formatTable([
      ['files', formatBytes(fileBytes)],
      ...parts,
      ...(operators.length > 0 ? [['operators unknown in ONNX', operators.join(', ')]] : []),
    ]),
  );
}

const FITS: Readonly<Record<AcceleratorFit['fit'], string>> = {
  fits: 'fits',
  tight: 'tight: weights and results fit, not the copies and arena of a runtime as well',
  no: 'too small',
  unknown: 'not known',
};

function acceleratorLines({ accelerators }: EiaPlan): string[] {
  return formatTable([
    ['type', 'memory', 'rule of thumb', 'estimate', ''],
    ...accelerators.map(({ type, memory, fit, ruleOfThumb, declared }) => [
      type,
      `${memory / 2 ** 20} MiB`,
      ruleOfThumb ? 'files fit' : 'files too large',
      FITS[fit],
      declared ? '← declared' : '',
    ]),
  ]);
}

function findingLines({ severity, message, at }: PlanFinding, columns: number): string[] {
  return formatTextTable([[`${severity}:`, at === undefined ? message : `${message} (${at})`]], columns);
}
