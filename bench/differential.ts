import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  differing,
  type Read,
  readByInfoZip,
  readByJava,
  readByPython,
  soundOnes,
} from '../test/archive/differential/compare.js';
import { compareDamaged } from '../test/models/pickle/damaged-pickles.js';
import { QUICK } from './effort.js';
import { type Row, report } from './report.js';

/** Rounds, each with a seed of its own, and how much of each kind is made in one. */
const ROUNDS = QUICK ? 1 : 20;
const COUNT = QUICK ? 500 : 5000;

const number = (value: number): string => value.toLocaleString('en');

/** Mutated archives through five readers, damaged pickles through two: what is sound to ours has to be the same to the others. */
export async function run(): Promise<void> {
  let sound = 0;
  let whole = 0;
  const found = new Map<string, number>();
  const count = (reader: string, differences: readonly unknown[]): void => {
    found.set(reader, (found.get(reader) ?? 0) + differences.length);
    for (const difference of differences) console.log(reader, JSON.stringify(difference));
  };
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    const root = mkdtempSync(join(tmpdir(), 'mar-bench-differential-'));
    try {
      const ours = await soundOnes(root, seed, COUNT);
      sound += ours.size;
      const { stream, file } = await readByJava(root);
      const readers: readonly (readonly [string, Read])[] = [
        ['Python’s zipfile', await readByPython(root)],
        ['Info-ZIP', await readByInfoZip(root, ours.keys())],
        ['Java’s ZipInputStream', stream],
        ['Java’s ZipFile', file],
      ];
      for (const [reader, read] of readers) count(reader, differing(ours, read));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
    const pickles = await compareDamaged(seed, COUNT);
    whole += pickles.whole;
    count('pickletools', pickles.differing);
    console.log(`round ${seed} of ${ROUNDS}`);
    // What is known so far stands there should the rest not come.
    report('differential', rowsOf(found, seed * COUNT, { sound, whole }));
  }
}

function rowsOf(
  found: ReadonlyMap<string, number>,
  count: number,
  { sound, whole }: { readonly sound: number; readonly whole: number },
): Row[] {
  return [...found].map(([reader, differences]) => {
    const isPickle = reader === 'pickletools';
    const what = isPickle
      ? `${number(count)} damaged pickles, ${number(whole)} of them whole to the other`
      : `${number(count)} mutated archives, ${number(sound)} of them sound to ours`;
    return {
      what,
      ours: `${differences} read differently`,
      others: reader,
      ratio: '',
      floor: '0',
      holds: differences === 0,
    };
  });
}
