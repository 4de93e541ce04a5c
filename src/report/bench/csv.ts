import type { BenchResult } from '#bench/result.js';
import { printableData } from '#printable.js';

const HEAD = [
  'round',
  'seconds',
  'good',
  'failed',
  'throughput_per_s',
  'mean_ms',
  'p50_ms',
  'p90_ms',
  'p99_ms',
  'p999_ms',
  'max_ms',
];

/** A row for each round, then one of all rounds; before them, as comments, where they come from. */
export function benchCsv(given: BenchResult): string {
  const result = printableData(given);
  const { rounds, figures, latency, good, errors, status, target, machine, versions, command, startedAt } = result;
  const runsOn = target.device ? `${target.device.running} ${target.device.executionProviders.join(' ')}` : 'not known';
  const facts = [
    ['status', status],
    ['command', command],
    ['begun', startedAt],
    ['server', `${target.server} ${target.url}`],
    ['runs on', runsOn],
    ['machine', `${machine.processor}; ${machine.cores} cores; ${machine.platform} ${machine.architecture}`],
    ['versions', `model-archiver ${versions.modelArchiver}; Node ${versions.node}`],
    ...costFacts(result),
    ...Object.entries(errors).map(([reason, count]) => ['errors', `${count} x ${reason}`]),
  ];
  const rows = rounds.map(({ seconds, good, failed, figures: of }, index) => [
    ...[index + 1, seconds, good, failed],
    ...[of.throughput, of.mean, of.p50, of.p90, of.p99, of.p999, of.max],
  ]);
  const all = [
    ...['all', rounds.reduce((sum, { seconds }) => sum + seconds, 0), good],
    rounds.reduce((sum, { failed }) => sum + failed, 0),
    ...[figures.throughput.value, latency?.mean, latency?.p50, latency?.p90, latency?.p99, latency?.p999, latency?.max],
  ];
  const lines = [HEAD, ...rows, all].map((cells) => cells.map(cell).join(','));
  const comments = facts.map(([name, value]) => `# ${name}: ${value}`);
  return `${[...comments, ...lines].join('\n')}\n`;
}

function costFacts({ costs }: BenchResult): string[][] {
  const rows = costs?.rows.filter(({ configuration }) => configuration === costs.measured) ?? [];
  return rows.map(({ cost, uses }) => [
    'cost of 100000 requests',
    `${cost} ${costs?.currency} (${uses.join(' + ')}, prices of ${costs?.pricesOf})`,
  ]);
}

function cell(value: string | number | null | undefined): string {
  if (typeof value !== 'number') return value ?? '';
  return String(Math.round(value * 1e4) / 1e4);
}
