import type { ContractCheck, WorkerLife } from '#conventions/run-contract.js';
import { differencesOf, largestDifference } from './compare-answers.js';
import { type AnsweredCase, type Session, tooSlowFor } from './session.js';

/** Cases that are asked again; each further one would say the same of the model. */
const MOST = 20;

/** How often, and how long, the first case is asked again for the latency and the memory of a later request. */
export interface LifeOptions {
  /** Which request of the worker is the last one. */
  readonly requests: number;
  /** It ends before that when the time is over, in milliseconds. */
  readonly timeMs: number;
}

/** What asking again showed. */
export interface Repeated {
  readonly check: ContractCheck;
  readonly life: WorkerLife | undefined;
  /** Paths of the cases that are answered differently each time. */
  readonly moving: ReadonlySet<string>;
}

/** Asks the cases again, and the first of them on and on: the same answers, and how fast and large the worker is by then. */
export async function checkRepeats(
  session: Session,
  cases: readonly AnsweredCase[],
  { requests, timeMs }: LifeOptions,
): Promise<Repeated> {
  const chosen = cases.slice(0, MOST);
  const [first] = chosen;
  const told = (text: string, looked = false): Repeated => ({
    check: { name: 'repeats', looked, told: text, findings: [] },
    life: undefined,
    moving: new Set(),
  });
  if (first === undefined) return told('no golden case is answered as it should be');
  const slow = tooSlowFor(1, first);
  if (slow !== undefined) return told(slow);
  const seen = new Map(chosen.map((one) => [one, new Moved(one)]));
  let last = first.ms;
  let asked = 0;
  const repeat = async (one: AnsweredCase): Promise<void> => {
    const { answer, ms } = await session.askTimed(one.request);
    seen.get(one)?.take(answer);
    asked += 1;
    if (one === first) last = ms;
  };
  const until = performance.now() + timeMs;
  for (const one of chosen) if (one === first || performance.now() < until) await repeat(one);
  while (session.requests < requests && performance.now() < until) await repeat(first);
  const findings = [...seen.values()].flatMap((moved) => moved.finding());
  const life: WorkerLife = {
    path: first.path,
    requests: session.requests,
    firstMs: first.ms,
    lastMs: last,
    firstBytes: first.bytes,
    lastBytes: await session.memory(),
  };
  return {
    check: { name: 'repeats', looked: true, told: `${asked} asked again`, findings },
    life,
    moving: new Set(findings.flatMap(({ path }) => path)),
  };
}

/** How the later answers to one case differ from the first one. */
class Moved {
  readonly #case: AnsweredCase;
  #asked = 0;
  #different = 0;
  #largest: number | undefined = 0;
  #sentence = '';

  constructor(one: AnsweredCase) {
    this.#case = one;
  }

  take(answer: AnsweredCase['answer']): void {
    this.#asked += 1;
    const { answer: before } = this.#case;
    if (answer.status === before.status && answer.body.equals(before.body)) return;
    const distance = largestDifference(answer, before);
    // The same in other words: blanks, the order of members.
    if (distance === 0) return;
    this.#different += 1;
    if (distance === undefined || this.#largest === undefined) this.#largest = undefined;
    else this.#largest = Math.max(this.#largest, distance);
    this.#sentence ||= differencesOf(answer, before, Number.NEGATIVE_INFINITY)[0] ?? '';
  }

  finding(): { fault: 'not-repeatable'; message: string; path: string }[] {
    if (this.#different === 0) return [];
    const { path } = this.#case;
    const much =
      this.#largest === undefined ? this.#sentence : `numbers differ by up to ${Number(this.#largest.toPrecision(3))}`;
    const message = `not deterministic: asked ${this.#asked} more times, ${path} was answered differently ${this.#different} times: ${much}`;
    return [{ fault: 'not-repeatable', message, path }];
  }
}
