import type { BenchResult } from './result.js';

/** The share of the time from which on the generator hardly rested. */
const BUSY = 0.95;

type Told = Pick<BenchResult, 'rounds' | 'narrow' | 'warmUp' | 'load' | 'generator' | 'figures' | 'latency'> & {
  /** Requests of an open loop that should have left before the end and had not. */
  readonly waiting: number;
  /** Processors that neither the server nor the generator kept busy; undefined where that cannot be told. */
  readonly others: number | undefined;
  /** On what the server emulated an accelerator; undefined where it did not. */
  readonly emulated?: string | undefined;
};

/** What whoever reads the figures has to know, a sentence each. */
export function warningsOf(told: Told): string[] {
  const { rounds, narrow, warmUp, load, generator, latency, waiting, others, emulated } = told;
  const found: string[] = [];
  const say = (condition: boolean, sentence: string): void => {
    if (condition) found.push(sentence);
  };
  say(
    load.shape.kind === 'closed' && generator.busy >= BUSY,
    `The generator is the limit: it was busy ${percent(generator.busy)} of the time, and the server may be faster than these figures.`,
  );
  const { lateness = 0 } = generator;
  say(
    lateness > Math.max(1, 0.1 * (latency?.p50 ?? 0)),
    `The generator is the limit: one in a hundred requests left ${lateness.toFixed(1)} ms late or more on its account, which is in the latency.`,
  );
  say(
    waiting > 0,
    `The server does not keep up with the rate: ${waiting} requests that should have left by the end were still waiting for a connection. Latency grows with the length of such a run.`,
  );
  say(!warmUp.steady, `The latency had not settled after ${warmUp.seconds.toFixed(0)} s of warm-up.`);
  say(
    !narrow && rounds.length > 0,
    `The figures did not become as narrow as asked in ${rounds.length} rounds: more rounds (--rounds), longer ones (--duration) or a quieter machine would help.`,
  );
  say(
    others !== undefined && others > 0.2,
    `Other programs kept ${(others ?? 0).toFixed(1)} processors busy meanwhile: the figures are of a machine that was not idle.`,
  );
  say(
    emulated !== undefined,
    `The server emulates an accelerator: the figures are of ${emulated === 'host' ? 'its machine' : `${emulated === 'cpu' ? 'the cpu' : emulated} of its machine`}, and calls waited for their turns.`,
  );
  return found;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
