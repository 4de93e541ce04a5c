import { MarError } from '#errors/mar-error.js';
import { PredictionError } from '../prediction-error.js';

/** Half the length of the filter, in samples of the lower rate. */
const HALF = 10;
/** Shape of the Kaiser window. */
const BETA = 5;
/** Longest filter, in steps of the rate that both share: a client's file may name any rate, and the filter grows with it. */
const MOST = 200_000;

/**
 * Samples at another rate, both in Hz: a polyphase filter, a sinc that a Kaiser window (beta 5) bounds to ten samples of the lower rate on
 * each side, silence around. The same as scipy's `resample_poly`; `ceil(samples * to / from)` samples come out. Rates that share too small a
 * divisor (200,000 times smaller than the higher one) are a `PredictionError` 400.
 */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  for (const rate of [from, to])
    if (!Number.isInteger(rate) || rate < 1)
      throw new MarError(`A sample rate is ${rate}, expected a whole number of Hz from 1 on.`, {
        code: 'ERR_SERVICE_ARGUMENT',
      });
  const shared = commonDivisor(from, to);
  const [up, down] = [to / shared, from / shared];
  if (up === down) return samples;
  if (Math.max(up, down) > MOST)
    throw new PredictionError(
      `sound of ${from} Hz cannot be brought to ${to} Hz, expected a usual rate such as 44100`,
      400,
    );
  const half = HALF * Math.max(up, down);
  const taps = filter(half, Math.max(up, down), up);
  const result = new Float32Array(Math.ceil((samples.length * up) / down));
  for (let at = 0; at < result.length; at++) {
    const centre = at * down + half;
    const first = Math.max(0, Math.ceil((centre - 2 * half) / up));
    const last = Math.min(samples.length - 1, Math.floor(centre / up));
    let sum = 0;
    for (let index = first, tap = centre - first * up; index <= last; index++, tap -= up)
      sum += (samples[index] ?? 0) * (taps[tap] ?? 0);
    result[at] = sum;
  }
  return result;
}

/** A low-pass of `2 * half + 1` taps that lets pass what is below `1 / slower` of the highest frequency, gain `gain`. */
function filter(half: number, slower: number, gain: number): Float64Array {
  const taps = new Float64Array(2 * half + 1);
  let sum = 0;
  for (let at = 0; at < taps.length; at++) {
    const x = (at - half) / slower;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    const tap = sinc * bessel(BETA * Math.sqrt(1 - ((at - half) / half) ** 2));
    taps[at] = tap;
    sum += tap;
  }
  return taps.map((tap) => (tap / sum) * gain);
}

/** The modified Bessel function of order 0, as a series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}
