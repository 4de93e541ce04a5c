import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Where the rounds that were run are kept; without it all are run in one go. */
const KNOWN = process.env['MAR_BENCH_DIFFERENTIAL'];

const number = (value: number): string => value.toLocaleString('en');

/** What one round found: how many archives were sound to ours, how many pickles whole to the other, and what was read differently. */
interface Round {
  readonly sound: number;
  readonly whole: number;
  readonly differing: readonly (readonly [reader: string, differences: readonly unknown[]])[];
}

/**
 * Mutated archives through five readers, damaged pickles through two: what is sound to ours has to be the same to the others. Rounds that
 * stand in the file of `MAR_BENCH_DIFFERENTIAL` are not run again, and those that are run are added to it: 20 take an hour.
 */
export async function run(): Promise<void> {
  const known = new Map(Object.entries(readKnown()));
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    const round = known.get(String(seed)) ?? (await runRound(seed));
    known.set(String(seed), round);
    for (const [reader, differences] of round.differing)
      for (const difference of differences) console.log(`seed ${seed}`, reader, JSON.stringify(difference));
    console.log(`round ${seed} of ${ROUNDS}`);
    if (KNOWN !== undefined) writeFileSync(KNOWN, JSON.stringify(Object.fromEntries(known), null, 1));
  }
  report('differential', rowsOf([...known.values()]));
}

function readKnown(): Readonly<Record<string, Round>> {
  return KNOWN !== undefined && existsSync(KNOWN) ? JSON.parse(readFileSync(KNOWN, 'utf8')) : {};
}

async function runRound(seed: number): Promise<Round> {
  const root = mkdtempSync(join(tmpdir(), 'mar-bench-differential-'));
  try {
    const ours = await soundOnes(root, seed, COUNT);
    const { stream, file } = await readByJava(root);
    const readers: readonly (readonly [string, Read])[] = [
      ['Python’s zipfile', await readByPython(root)],
      ['Info-ZIP', await readByInfoZip(root, ours.keys())],
      ['Java’s ZipInputStream', stream],
      ['Java’s ZipFile', file],
    ];
    const pickles = await compareDamaged(seed, COUNT);
    return {
      sound: ours.size,
      whole: pickles.whole,
      differing: [
        ...readers.map(([reader, read]) => [reader, differing(ours, read)] as const),
        ['pickletools', pickles.differing],
      ],
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function rowsOf(rounds: readonly Round[]): Row[] {
  const count = number(rounds.length * COUNT);
  const sum = (of: (round: Round) => number): number => rounds.reduce((total, round) => total + of(round), 0);
  const readers = rounds[0]?.differing.map(([reader]) => reader) ?? [];
  return readers.map((reader, index) => {
    const differences = sum(({ differing }) => differing[index]?.[1].length ?? 0);
    const what =
      reader === 'pickletools'
        ? `${count} damaged pickles, ${number(sum(({ whole }) => whole))} of them whole to the other`
        : `${count} mutated archives, ${number(sum(({ sound }) => sound))} of them sound to ours`;
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
