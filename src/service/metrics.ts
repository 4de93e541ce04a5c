import { hostname } from 'node:os';

/** Units as Multi Model Server prints them. */
const SIZE_UNITS: Readonly<Record<string, string>> = { B: 'Bytes', kB: 'Kilobytes', MB: 'Megabytes', GB: 'Gigabytes' };
const TIME_UNITS: Readonly<Record<string, string>> = { ms: 'Milliseconds', s: 'Seconds' };

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly requestId: string;
  value: number;
}

/**
 * A batch's own metrics. `index` is the request that the value belongs to; without it the value belongs to the whole batch.
 * They leave the worker as Multi Model Server's `[METRICS]` lines on stdout.
 */
export class Metrics {
  readonly #modelName: string;
  readonly #requestIds: readonly string[];
  #metrics: Metric[] = [];

  constructor(modelName: string, requestIds: readonly string[]) {
    this.#modelName = modelName;
    this.#requestIds = requestIds;
  }

  addTime(name: string, value: number, unit: 'ms' | 's' = 'ms', index?: number): void {
    this.addMetric(name, value, TIME_UNITS[unit] ?? unit, index);
  }

  addSize(name: string, value: number, unit: 'B' | 'kB' | 'MB' | 'GB' = 'MB', index?: number): void {
    this.addMetric(name, value, SIZE_UNITS[unit] ?? unit, index);
  }

  addPercent(name: string, value: number, index?: number): void {
    this.addMetric(name, value, 'Percent', index);
  }

  /** Adds to the counter of this name within the batch. */
  addCounter(name: string, value: number, index?: number): void {
    const requestId = this.#requestIdOf(index);
    const counter = this.#metrics.find((metric) => metric.name === name && metric.requestId === requestId);
    if (counter) counter.value += value;
    else this.addMetric(name, value, 'Count', index);
  }

  addMetric(name: string, value: number, unit: string, index?: number): void {
    this.#metrics.push({ name, value, unit, requestId: this.#requestIdOf(index) });
  }

  /** Removes and returns what was added, as lines in Multi Model Server's form. @internal */
  drain(): string[] {
    const metrics = this.#metrics;
    if (metrics.length === 0) return [];
    this.#metrics = [];
    const seconds = Math.floor(Date.now() / 1000);
    return metrics.map(
      ({ name, unit, value, requestId }) =>
        `[METRICS]${name}.${unit}:${value}|#ModelName:${this.#modelName},Level:Model|#hostname:${hostname()},${seconds}${requestId && `,${requestId}`}`,
    );
  }

  #requestIdOf(index: number | undefined): string {
    return index === undefined ? this.#requestIds.join(',') : (this.#requestIds[index] ?? '');
  }
}
