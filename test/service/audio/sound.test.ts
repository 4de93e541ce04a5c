import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeWav, PredictionError, resample, toMono } from '#service/index.js';
import { thrown } from '../../support/rejects.js';
import { isNear, recorded, tensorOf } from '../numeric/recorded.js';

for (const { name, rate, file, channels } of recorded.wav) {
  test(`WAV of ${name}: the samples that scipy and numpy read`, () => {
    const { sampleRate, channels: found } = decodeWav(Buffer.from(file, 'base64'));
    assert.is(sampleRate, rate);
    assert.is(found.length, channels.length);
    for (const [at, channel] of channels.entries())
      isNear({ type: 'float32', data: found[at] ?? new Float32Array(), dims: channel.dims }, channel, 1e-7);
  });
}

test('channels are mixed to one; a length that is not known is all there is', () => {
  const bytes = Buffer.from(recorded.wav[0]?.file ?? '', 'base64');
  const audio = decodeWav(bytes);
  const [left = new Float32Array(), right = new Float32Array()] = audio.channels;
  assert.equal(
    toMono(audio),
    left.map((value, at) => (value + (right[at] ?? 0)) / 2),
  );
  assert.is(toMono({ sampleRate: 1, channels: [left] }), left);
  const open = Buffer.from(bytes);
  open.writeUInt32LE(0xffffffff, bytes.indexOf('data') + 4);
  assert.equal(decodeWav(open), audio);
});

test('a rate that a file only claims costs nothing', () => {
  for (const [from, to] of [
    [4294967291, 16000],
    [16000, 999983],
  ] as const) {
    try {
      resample(new Float32Array(4), from, to);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, PredictionError);
      assert.match(String(error), `sound of ${from} Hz cannot be brought to ${to} Hz`);
    }
  }
});

test('what is no WAV file is a PredictionError that says why', () => {
  const bytes = Buffer.from(recorded.wav[0]?.file ?? '', 'base64');
  const other = Buffer.from(bytes);
  other.writeUInt16LE(7, bytes.indexOf('fmt ') + 8);
  const slow = Buffer.from(bytes);
  slow.writeUInt32LE(1, bytes.indexOf('fmt ') + 12);
  for (const [input, status, reason] of [
    [undefined, 400, 'the input is missing, expected a WAV file of PCM'],
    ['text', 400, 'the input is string'],
    [Buffer.from('OggS and what follows'), 400, 'is not a WAV file'],
    [bytes.subarray(0, -3), 400, "cut off in its part 'data'"],
    [bytes.subarray(0, bytes.indexOf('data')), 400, 'has no data'],
    [other, 415, 'has codec 7 of 8 bits'],
    [slow, 400, 'has 2 channels at 1 Hz'],
  ] as const) {
    let error: unknown;
    try {
      decodeWav(input);
    } catch (found) {
      error = found;
    }
    assert.instance(error, PredictionError);
    assert.is(error instanceof PredictionError && error.status, status);
    assert.match(String(error), reason);
  }
});

for (const { from, to, samples } of recorded.resampled) {
  test(`${from} Hz to ${to} Hz: as scipy's resample_poly`, () => {
    const sound = Float32Array.from(tensorOf(recorded.sound).data, Number);
    const found = resample(sound, from, to);
    isNear({ type: 'float32', data: found, dims: [found.length] }, samples, 2e-7);
  });
}

test('a rate that is none is refused; no sound stays none', () => {
  assert.match(thrown(() => resample(new Float32Array(4), 0, 16000)).message, 'A sample rate is 0');
  assert.match(thrown(() => resample(new Float32Array(4), 8000, 0.5)).message, 'A sample rate is 0.5');
  assert.is(resample(new Float32Array(), 8000, 16000).length, 0);
});

test.run();
