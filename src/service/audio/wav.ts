import { PredictionError } from '../prediction-error.js';

/** Sound as numbers. */
export interface Audio {
  /** Samples a second. */
  readonly sampleRate: number;
  /** The samples of each channel, -1 to 1. */
  readonly channels: readonly Float32Array[];
}

/** Samples a second that are sound: a few bytes that claim to be hours would become gigabytes at another rate. */
const SLOWEST = 1000;
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/**
 * A WAV file as numbers: PCM of 8, 16, 24 or 32 bits (divided by 2 to the power of bits - 1), or float of 32 or 64 bits. What is none,
 * or is cut off, is a `PredictionError` 400; another codec 415.
 */
export function decodeWav(bytes: unknown): Audio {
  if (!(bytes instanceof Uint8Array)) throw refuse(`the input is ${bytes === undefined ? 'missing' : typeof bytes}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const name = (at: number): string => Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
  if (bytes.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE') throw refuse('the input is not a WAV file');
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    const isOpen = length === 0xffffffff;
    if (!isOpen && start + length > bytes.length) throw refuse(`the WAV file is cut off in its part '${name(at)}'`);
    if (name(at) === 'fmt ') format = formatOf(view, start, length);
    if (name(at) === 'data') {
      if (!format) throw refuse('the WAV file has no format before its data');
      // Who writes to a pipe does not know the length.
      return samplesOf(view, start, isOpen ? bytes.length - start : length, format);
    }
    at = start + length + (length % 2);
  }
  throw refuse('the WAV file has no data');
}

/** The mean of all channels. */
export function toMono({ channels }: Audio): Float32Array {
  const [first = new Float32Array(), ...others] = channels;
  if (others.length === 0) return first;
  return first.map((value, at) => others.reduce((sum, other) => sum + (other[at] ?? 0), value) / channels.length);
}

interface Format {
  readonly codec: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

function formatOf(view: DataView, start: number, length: number): Format {
  if (length < 16) throw refuse('the WAV file has a format that is cut off');
  const named = view.getUint16(start, true);
  const codec = named === EXTENSIBLE && length >= 26 ? view.getUint16(start + 24, true) : named;
  const channels = view.getUint16(start + 2, true);
  const sampleRate = view.getUint32(start + 4, true);
  const bits = view.getUint16(start + 14, true);
  const isKnown = (codec === PCM && [8, 16, 24, 32].includes(bits)) || (codec === FLOAT && [32, 64].includes(bits));
  if (!isKnown) throw refuse(`the WAV file has codec ${codec} of ${bits} bits`, 415);
  if (channels === 0 || sampleRate < SLOWEST) throw refuse(`the WAV file has ${channels} channels at ${sampleRate} Hz`);
  return { codec, channels, sampleRate, bits };
}

function samplesOf(view: DataView, start: number, length: number, format: Format): Audio {
  const { codec, channels, sampleRate, bits } = format;
  const width = bits / 8;
  const count = Math.floor(length / (width * channels));
  const read = reader(view, codec, bits);
  const result = Array.from({ length: channels }, () => new Float32Array(count));
  let at = start;
  for (let index = 0; index < count; index++) {
    for (const channel of result) {
      channel[index] = read(at);
      at += width;
    }
  }
  return { sampleRate, channels: result };
}

function reader(view: DataView, codec: number, bits: number): (at: number) => number {
  if (codec === FLOAT) return bits === 64 ? (at) => view.getFloat64(at, true) : (at) => view.getFloat32(at, true);
  switch (bits) {
    case 8:
      return (at) => (view.getUint8(at) - 128) / 128;
    case 16:
      return (at) => view.getInt16(at, true) / 2 ** 15;
    case 24:
      return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23;
    default:
      return (at) => view.getInt32(at, true) / 2 ** 31;
  }
}

function refuse(found: string, status: number = 400): PredictionError {
  return new PredictionError(
    `${found}, expected a WAV file of PCM (8, 16, 24 or 32 bits) or float (32 or 64 bits) as the body or a field of a form`,
    status,
  );
}
