import { allOf, type Configuration, DIRECTIONS, keyOf, lineThrough, type Space, sizeOf, startsOf } from './space.js';
import { compareTrials, type Reading, type Trial } from './trial.js';

/** Measures a configuration under so many seconds of load. What it throws ends the search. */
export type Measure = (configuration: Configuration, seconds: number) => Promise<Reading>;

export interface SearchOptions {
  /** Milliseconds that the latency may have; default: no limit. */
  readonly limit?: number;
  /** Seconds of load with which a sweep would measure every configuration. */
  readonly fullSeconds: number;
  readonly signal?: AbortSignal;
  /** Hears every measurement that has ended. */
  readonly onTrial?: (trial: Trial) => void;
}

export interface Found {
  /** Each configuration once, as it was measured longest, in the order of their first measurement. */
  readonly trials: readonly Trial[];
  /** Of those that were measured longest the best one that answered; undefined where none did. */
  readonly best: Trial | undefined;
  /** False when it was interrupted. */
  readonly complete: boolean;
  /** Measurements that were made, and configurations that a sweep would measure. */
  readonly measurements: number;
  readonly configurations: number;
  /** Seconds that the measurements took, and that the sweep would have taken, starts of servers included. */
  readonly took: number;
  readonly sweep: number;
}

/** A first look is this part of a whole measurement. */
const SHORT = 1 / 10;
/** Spaces so small are measured whole: a third of that would not be enough to look at each. */
const TINY = 5;
/** The best are measured whole: one for so many configurations, up to three. First looks are too short to tell neighbours apart. */
const CONFIRMED_OF = 8;
const MOST_CONFIRMED = 3;
/** By so much a first look has to be better than a whole measurement to be measured whole as well. */
const MARGIN = 1.05;

/**
 * Looks for the highest throughput within the limit: first looks along lines through the best so far, from several starts, then whole measurements
 * of the best. It takes at most a third of the time of a sweep over the space, unless that has only five configurations.
 */
export function search(space: Space, measure: Measure, options: SearchOptions): Promise<Found> {
  return new Search(space, measure, options).run();
}

class Search {
  readonly #space: Space;
  readonly #measure: Measure;
  readonly #options: SearchOptions;
  readonly #limit: number;
  readonly #size: number;
  readonly #trials = new Map<string, Trial>();
  #measurements = 0;
  #took = 0;
  #loaded = 0;

  constructor(space: Space, measure: Measure, options: SearchOptions) {
    this.#space = space;
    this.#measure = measure;
    this.#options = options;
    this.#limit = options.limit ?? Number.POSITIVE_INFINITY;
    this.#size = sizeOf(space);
  }

  async run(): Promise<Found> {
    const { signal } = this.#options;
    let complete = true;
    try {
      if (this.#size <= TINY) {
        for (const one of allOf(this.#space)) await this.#take(one, this.#options.fullSeconds);
      } else {
        await this.#explore();
        await this.#confirm();
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
      complete = false;
    }
    const trials = [...this.#trials.values()];
    const confirmed = trials.filter((trial) => trial.confirmed && trial.fault === undefined);
    const fit = confirmed.length > 0 ? confirmed : trials.filter(({ fault }) => fault === undefined);
    return {
      ...{ trials, best: this.#sorted(fit)[0], complete },
      ...{ measurements: this.#measurements, configurations: this.#size, took: this.#took, sweep: this.#sweep },
    };
  }

  async #explore(): Promise<void> {
    const starts: Trial[] = [];
    for (const start of startsOf(this.#space)) {
      const trial = await this.#look(start);
      if (trial) starts.push(trial);
    }
    for (const start of this.#sorted(starts)) await this.#climb(start);
  }

  /** From line to line, always on from the best of each, until no line has a better one. */
  async #climb(start: Trial): Promise<void> {
    let best = start;
    for (let before: Trial | undefined; before !== best; ) {
      before = best;
      for (const direction of DIRECTIONS) {
        for (const next of lineThrough(this.#space, best.configuration, direction)) {
          const trial = await this.#look(next);
          if (!trial) return;
          if (compareTrials(trial, best, this.#limit) < 0) best = trial;
        }
      }
    }
  }

  /** Undefined where there is no time left for it. */
  async #look(configuration: Configuration): Promise<Trial | undefined> {
    const known = this.#trials.get(keyOf(configuration));
    if (known) return known;
    const seconds = this.#options.fullSeconds * SHORT;
    return this.#affords(seconds, this.#confirmations) ? this.#take(configuration, seconds) : undefined;
  }

  /**
   * The best are measured whole, one by one; more of them while a first look promises more than the best of these: of many first looks the
   * best were lucky, and what is left of them may be less than others have.
   */
  async #confirm(): Promise<void> {
    const { fullSeconds } = this.#options;
    for (let confirmed = 0; confirmed === 0 || this.#affords(fullSeconds, 0); confirmed += 1) {
      const candidates = this.#sorted([...this.#trials.values()].filter(({ fault }) => fault === undefined));
      const best = candidates.find((trial) => trial.confirmed);
      const next = candidates.find((trial) => !trial.confirmed);
      if (next === undefined) return;
      if (confirmed >= this.#confirmations && best !== undefined && !this.#promisesMore(next, best)) return;
      await this.#take(next.configuration, fullSeconds);
    }
  }

  #promisesMore(next: Trial, best: Trial): boolean {
    const { throughput, latency } = next;
    const cautious = { ...next, throughput: throughput / MARGIN };
    return (
      compareTrials(latency > this.#limit ? { ...cautious, latency: latency * MARGIN } : cautious, best, this.#limit) <
      0
    );
  }

  get #confirmations(): number {
    return Math.max(1, Math.min(MOST_CONFIRMED, Math.floor(this.#size / CONFIRMED_OF)));
  }

  /** What a measurement takes beside its load, in seconds: the mean so far. */
  get #beside(): number {
    return this.#measurements === 0 ? 0 : Math.max(0, (this.#took - this.#loaded) / this.#measurements);
  }

  get #sweep(): number {
    return this.#size * (this.#beside + this.#options.fullSeconds);
  }

  /** Whether a third of the sweep has room for a measurement, with whole ones besides that are still to come. */
  #affords(seconds: number, reserved: number): boolean {
    if (this.#measurements === 0) return true;
    const whole = this.#beside + this.#options.fullSeconds;
    return this.#took + this.#beside + seconds + reserved * whole <= this.#sweep / 3;
  }

  async #take(configuration: Configuration, seconds: number): Promise<Trial> {
    const { signal, fullSeconds, onTrial } = this.#options;
    signal?.throwIfAborted();
    const reading = await this.#measure(configuration, seconds);
    // Cut short, its figures are those of a start.
    signal?.throwIfAborted();
    const trial: Trial = { ...reading, configuration, seconds, confirmed: seconds >= fullSeconds };
    this.#measurements++;
    this.#took += reading.took;
    this.#loaded += Math.min(seconds, reading.took);
    this.#trials.set(keyOf(configuration), trial);
    onTrial?.(trial);
    return trial;
  }

  #sorted(trials: readonly Trial[]): Trial[] {
    return [...trials].sort((one, other) => compareTrials(one, other, this.#limit));
  }
}
