import { MarError } from '#errors/mar-error.js';
import { didYouMean } from '#nearest.js';
import type { Random } from '../random.js';
import type { Service } from './service.js';

const FORMS = ['fixed', 'exponential', 'uniform', 'lognormal'] as const;
const EXAMPLES = 'fixed:10ms, exponential:10ms, uniform:5ms..15ms or lognormal:10ms,4ms (mean, standard deviation)';

/**
 * A distribution in words: `fixed:10ms`, `exponential:10ms`, `uniform:5ms..15ms`, `lognormal:10ms,4ms` (mean and standard deviation). A batch takes
 * `furtherMs` more for each request beyond the first. Throws `ERR_OPTION`.
 */
export function closedForm(text: string, furtherMs = 0): Service {
  const [, form = '', rest = ''] = /^([a-z]+):(.+)$/.exec(text) ?? [];
  const { mean, draw } = single(text, form, rest);
  const words = furtherMs > 0 ? `${text}, ${furtherMs} ms more for each further request of a batch` : text;
  return {
    words,
    mean: (batch) => mean + (batch - 1) * furtherMs,
    draw: (batch, random) => draw(random) + (batch - 1) * furtherMs,
  };
}

interface Single {
  readonly mean: number;
  draw(random: Random): number;
}

function single(text: string, form: string, rest: string): Single {
  switch (form) {
    case 'fixed': {
      const mean = time(text, rest);
      return { mean, draw: () => mean };
    }
    case 'exponential': {
      const mean = time(text, rest);
      return { mean, draw: (random) => mean * random.exponential() };
    }
    case 'uniform': {
      const [from = '', to = ''] = rest.split('..');
      const [low, high] = [time(text, from), time(text, to)];
      if (low > high)
        throw refused(`The service time ${text} is a range turned round: it begins with its longer time.`);
      return { mean: (low + high) / 2, draw: (random) => low + (high - low) * random.uniform() };
    }
    case 'lognormal': {
      const [first = '', second = ''] = rest.split(',');
      const [mean, deviation] = [time(text, first), time(text, second)];
      const variance = Math.log(1 + (deviation / mean) ** 2);
      const [location, scale] = [Math.log(mean) - variance / 2, Math.sqrt(variance)];
      return { mean, draw: (random) => Math.exp(location + scale * random.normal()) };
    }
    default:
      throw refused(`The service time ${text} is of no known form${didYouMean(form, FORMS)}.`);
  }
}

/** `10ms`, `250us` or `0.5s` in milliseconds. */
function time(text: string, part: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(us|µs|ms|s)$/.exec(part.trim()) ?? [];
  const value = Number(digits) * (unit === 's' ? 1000 : unit === 'ms' ? 1 : 0.001);
  if (value > 0 && Number.isFinite(value)) return value;
  throw refused(`The service time ${text} has '${part}' where a time above 0 such as 10ms belongs.`);
}

function refused(message: string): MarError {
  return new MarError(message, { code: 'ERR_OPTION', hint: `Give ${EXAMPLES}.` });
}
