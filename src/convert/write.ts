import { writtenForm } from '#archive/formats.js';
import { compressor } from '#archive/writing/compression.js';
import type { PackedEntry } from '#archive/writing/packed-entry.js';
import { throwIfAborted } from '#archive/writing/throw-if-aborted.js';
import type { ConversionTarget, Plan } from './conversion.js';

/** 1980-01-01, where the time of a zip begins: the same archive gives the same bytes. */
const TIME = Date.UTC(1980, 0, 1) / 1000;

/** Writes what is planned into a file, or a directory, that exists and is empty. */
export async function writePlan(
  path: string,
  { entries, complete, model }: Plan,
  form: ConversionTarget['form'],
  signal?: AbortSignal,
): Promise<PackedEntry[]> {
  const written = writtenForm(form);
  const settings = {
    time: TIME,
    signal,
    compressor: compressor(written.compresses ? 'auto' : 'store'),
    onBytes: () => {},
  };
  const writer = await written.open(path, model, settings);
  try {
    const all: PackedEntry[] = [];
    for (const entry of entries) {
      throwIfAborted(signal);
      all.push(await writer.add(entry));
    }
    if (complete) all.push(await writer.add(complete(all)));
    throwIfAborted(signal);
    await writer.finish();
    return all;
  } finally {
    await writer.close();
  }
}
