import type { BenchResult } from '#bench/result.js';
import { formatBytes } from '../bytes.js';

/** Milliseconds with three digits, and the unit that they are read best in: `12.3 ms`, `850 µs`, `1.20 s`. */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return '–';
  if (milliseconds >= 1000) return `${threeDigits(milliseconds / 1000)} s`;
  return milliseconds < 1 ? `${Math.round(milliseconds * 1000)} µs` : `${threeDigits(milliseconds)} ms`;
}

/** `1,234 /s`, or with a digit behind the point where there are few. */
export function rate(perSecond: number | null): string {
  if (perSecond === null) return '–';
  return `${perSecond >= 100 ? Math.round(perSecond).toLocaleString('en') : threeDigits(perSecond)} /s`;
}

/** Half of an interval as a share of its middle: `± 1.2 %`; empty where it is not known. */
export function plusMinus({ value, half }: { readonly value: number | null; readonly half: number | null }): string {
  if (value === null || half === null || value === 0) return '';
  return `± ${((100 * half) / value).toFixed(1)} %`;
}

/** `+3.2 %`. */
export function percentChange(share: number | null): string {
  if (share === null) return '–';
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)} %`;
}

export function whole(value: number): string {
  return value.toLocaleString('en');
}

function threeDigits(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** How many requests failed. */
export function failedIn({ errors }: BenchResult): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}

/** What every report begins with: what was measured, on what, by which load. Labels and sentences. */
export function provenance(result: BenchResult): [label: string, text: string][] {
  const { target, machine, versions, command, startedAt, rounds, warmUp } = result;
  const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0);
  return [
    ['command', command],
    ['begun', startedAt],
    ['server', serverText(target)],
    ['runs on', deviceText(target)],
    [
      'machine',
      `${machine.processor}, ${machine.cores} cores, ${formatBytes(machine.memoryBytes)}, ${machine.platform} ${machine.architecture} ${machine.release}`,
    ],
    ['versions', `model-archiver ${versions.modelArchiver}, Node ${versions.node}`],
    ['load', loadText(result.load)],
    [
      'rounds',
      `${rounds.length}, together ${seconds.toFixed(1)} s, after ${warmUp.seconds.toFixed(1)} s of warm-up${warmUp.steady ? '' : ' (not steady)'}`,
    ],
  ];
}

function serverText({
  kind,
  source,
  server,
  modelName,
  workers,
  threads,
  batchSize,
  maxBatchDelay,
}: BenchResult['target']): string {
  if (kind === 'url') return server === 'not known' ? source : `${source} (${server})`;
  const batches = batchSize === 1 ? 'no batches' : `batches of up to ${batchSize}, ${maxBatchDelay} ms`;
  return `${source}, model ${modelName}, in ${server}: ${plural(workers, 'worker')}, ${plural(threads, 'thread')} each, ${batches}`;
}

function deviceText({ device, kind }: BenchResult['target']): string {
  if (device) return `${device.running} (${device.executionProviders.join(', ') || 'no execution provider named'})`;
  return kind === 'url'
    ? 'not known: the server was asked by its URL'
    : 'not known: the model has no session of ONNX Runtime';
}

function loadText({ shape, requests, judged, leftOut }: BenchResult['load']): string {
  const loop =
    shape.kind === 'closed'
      ? `closed loop, ${plural(shape.connections, 'connection')}`
      : `open loop, ${rate(shape.perSecond)}, ${shape.arrivals === 'poisson' ? `Poisson (seed ${shape.seed})` : 'constant'}`;
  const names = requests.slice(0, 3).map(({ name }) => name);
  const more = requests.length > 3 ? ` and ${requests.length - 3} more` : '';
  const checked =
    judged === 'golden cases' ? 'answers held against the golden cases' : 'answers known by their status only';
  const without = leftOut.length > 0 ? `; left out: ${leftOut.join('; ')}` : '';
  return `${loop}; ${names.join(', ')}${more}; ${checked}${without}`;
}

function plural(count: number | undefined, noun: string): string {
  return `${count ?? 1} ${noun}${count === 1 ? '' : 's'}`;
}

/** One line above everything else where the figures are not what was asked for. */
export function statusText({ status, reason, rounds }: BenchResult): string | undefined {
  const until = rounds.length === 0 ? 'there are no figures' : 'the figures are of the time before';
  if (status === 'interrupted') return `INTERRUPTED: ${until}.`;
  if (status === 'lost') return `THE SERVER ANSWERS NO MORE (${reason ?? 'no reason known'}): ${until}.`;
  return undefined;
}

/** The comparison with a baseline, a sentence for each figure. */
export function comparisonTexts({ baseline }: BenchResult): string[] {
  return (baseline?.comparisons ?? []).map(({ figure, change, seen, low, high, verdict }) => {
    const allowed = `${percentChange(change)} allowed`;
    if (seen === null) return `${figure}: cannot be told (${allowed}), there are too few rounds`;
    const words = { pass: 'pass', fail: 'FAIL', unclear: 'UNCLEAR, the machine is too noisy to tell' }[verdict];
    return `${figure}: ${percentChange(seen)} (95 % interval ${percentChange(low)} to ${percentChange(high)}), ${allowed}: ${words}`;
  });
}
