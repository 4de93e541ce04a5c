import { MarError } from '#errors/mar-error.js';
import { describe, numbersOf } from '../numeric/axis.js';
import type { TensorLike } from '../tensor.js';

/** How a recogniser's output is read. */
export interface CtcOptions {
  /** The class that stands for nothing; default 0. -1 is the last one. */
  readonly blank?: number;
  /** Order of the axes: `NTC` (default) for `[sequences, steps, classes]`, `TNC` for `[steps, sequences, classes]`. */
  readonly layout?: 'NTC' | 'TNC';
  /** What each class stands for, by its number, the blank included; without it the text is empty. */
  readonly labels?: readonly string[];
}

/** One sequence as it was read: the lists are of one length. */
export interface CtcSequence {
  readonly text: string;
  /** Classes, repetitions collapsed, blanks left out. */
  readonly classes: readonly number[];
  /** The model's value of each class at its first step: a probability after softmax. */
  readonly scores: readonly number[];
  /** The step at which each class begins. */
  readonly steps: readonly number[];
}

/**
 * Greedy CTC decoding: at each step the class with the largest value, of equals the first; the same class at neighbouring steps counts
 * once, blanks not at all. Logits, log-probabilities and probabilities read the same. `output` may be `[steps, classes]` of one sequence.
 */
export function ctcDecode(output: TensorLike, options: CtcOptions = {}): CtcSequence[] {
  const { blank = 0, layout = 'NTC', labels } = options;
  const dims =
    output.dims.length === 2 ? (layout === 'NTC' ? [1, ...output.dims] : output.dims.toSpliced(1, 0, 1)) : output.dims;
  const [first = 0, second = 0, classes = 0] = dims;
  if (dims.length !== 3 || classes === 0)
    throw refuse(`ctcDecode is given ${describe(output)}, expected [sequences,steps,classes] or [steps,classes].`);
  const nothing = blank < 0 ? blank + classes : blank;
  if (!Number.isInteger(blank) || nothing < 0 || nothing >= classes)
    throw refuse(`The blank is class ${blank}, and the output has ${classes}.`);
  if (labels && labels.length !== classes)
    throw refuse(
      `There are ${labels.length} labels for ${classes} classes, expected one for each, the blank included.`,
    );
  const values = numbersOf(output);
  const [sequences, steps] = layout === 'NTC' ? [first, second] : [second, first];
  return Array.from({ length: sequences }, (_, sequence) => {
    const found = { classes: [] as number[], scores: [] as number[], steps: [] as number[] };
    let before = nothing;
    for (let step = 0; step < steps; step++) {
      const row = layout === 'NTC' ? sequence * steps + step : step * sequences + sequence;
      const best = bestOf(values, row * classes, classes);
      if (best !== nothing && best !== before) {
        found.classes.push(best);
        found.scores.push(values[row * classes + best] ?? 0);
        found.steps.push(step);
      }
      before = best;
    }
    return { ...found, text: labels ? found.classes.map((one) => labels[one]).join('') : '' };
  });
}

function bestOf(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let at = 1; at < count; at++) if ((values[start + at] ?? 0) > (values[start + best] ?? 0)) best = at;
  return best;
}

function refuse(problem: string): MarError {
  return new MarError(problem, { code: 'ERR_SERVICE_ARGUMENT' });
}
