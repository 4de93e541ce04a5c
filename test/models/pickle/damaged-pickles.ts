import { spawnSync } from 'node:child_process';
import { contentOf } from '#models/content/bytes.js';
import { instructionAt } from '#models/pickle/instructions.js';
import { readPickles } from '#models/pickle/read-pickles.js';

/**
 * Pickles with small damages, always the same for a seed; of each its hex, where pickletools sees instructions, its names, and whether it
 * ends well. Arguments: the seed, how many.
 */
const DAMAGED = `
import collections, datetime, json, os, pickle, pickletools, random, sys
values = [os.system, {"a": [1, 2.5, None, True, 10**30], "b": (b"x", "y", "\\u00e9"), "c": {3}}, collections.OrderedDict(a=datetime.date(2020, 1, 2)),
          ["text %d" % i for i in range(40)], bytearray(b"z"), [os.getpid, os.getpid, -1, 300, 70000, "q" * 300]]
seeds = [pickle.dumps(value, protocol) for value in values for protocol in range(6)]
dice = random.Random(int(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(data))
        kind = dice.randrange(5)
        if kind == 0: data[at] = dice.randrange(256)
        elif kind == 1: del data[at:at + dice.randrange(1, 4)]
        elif kind == 2: data[at:at] = bytes(dice.choice(b"cioRbtQ0(1234\\x81\\x93\\x94\\x85h.") for _ in range(2))
        elif kind == 3: data[at:at] = data[dice.randrange(len(data)):][:dice.randrange(1, 20)]
        else: data[at] ^= 1 << dice.randrange(8)
        if not data: data = bytearray(b".")
    places, names, whole = [], [], False
    try:
        for code, argument, place in pickletools.genops(bytes(data)):
            places.append(place)
            # As they stand, which is how they are imported: pickletools shows them with their escapes undone.
            if code.name in ("GLOBAL", "INST"): names.append(" ".join(line.decode("utf-8", "replace") for line in bytes(data[place + 1:]).split(b"\\n", 2)[:2]))
        whole = True
    except Exception: pass
    print(json.dumps([data.hex(), places, names, whole]))
`;

type Damaged = readonly [hex: string, places: readonly number[], names: readonly string[], isWhole: boolean];

/** How the two readers of pickles compare. */
export interface Compared {
  readonly count: number;
  /** How many end well to pickletools. */
  readonly whole: number;
  /** Where ours sees something else, one sentence each. */
  readonly differing: readonly string[];
}

/** Holds our reader of pickles against Python's pickletools on damaged ones. */
export async function compareDamaged(seed: number, count: number): Promise<Compared> {
  const args = ['-c', DAMAGED, String(seed), String(count)];
  const { stdout, status, stderr } = spawnSync('python3', args, { encoding: 'utf8', maxBuffer: 2 ** 29 });
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  const lines = stdout.trim().split('\n');
  const differing: string[] = [];
  let whole = 0;
  for (const line of lines) {
    const damaged = JSON.parse(line) as Damaged;
    if (damaged[3]) whole += 1;
    const difference = await differenceOf(damaged);
    if (difference !== undefined) differing.push(`${difference} in ${damaged[0]}`);
  }
  return { count: lines.length, whole, differing };
}

async function differenceOf([hex, places, names, isWhole]: Damaged): Promise<string | undefined> {
  const bytes = Buffer.from(hex, 'hex');
  const ours = placesOf(bytes);
  // Python also reads the arguments, and stops where one is no number or no text; the instructions up to there are the same.
  const theirs = isWhole ? ours : ours.slice(0, places.length);
  if (theirs.join() !== places.join()) return `instructions at ${ours.join()} instead of ${places.join()}`;
  const file = await readPickles(await contentOf(bytes).open());
  // pickletools tells module and name with a space between them.
  const seen = new Set(file.uses.map(({ module, name }) => `${module} ${name}`));
  const unseen = names.find((name) => !seen.has(name));
  if (unseen !== undefined) return `${unseen} is not seen`;
  if (isWhole && (file.pickles < 1 || file.end < (places.at(-1) ?? 0) + 1)) return `it ends at ${file.end}`;
  return undefined;
}

/** Where our reader sees instructions, up to the STOP or the first byte that is none. */
function placesOf(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const instruction = instructionAt(bytes, at);
    if (instruction === undefined || instruction === 'cut' || instruction.to > bytes.length) break;
    found.push(at);
    if (instruction.code === '.') break;
    at = instruction.to;
  }
  return found;
}
