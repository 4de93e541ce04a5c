import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contentOf } from '#models/content/bytes.js';
import { instructionAt } from '#models/pickle/instructions.js';
import { readPickles } from '#models/pickle/read-pickles.js';
import { nameOf } from '#models/pickle/uses.js';
import { testUnless } from '../../support/test-unless.js';

const PYTHON_MISSING = spawnSync('python3', ['--version']).status === 0 ? undefined : 'there is no python3';

/** Pickles with small damages, always the same; of each its hex, where pickletools sees instructions, its names, and whether it ends well. */
const MUTATED = `
import collections, datetime, json, os, pickle, pickletools, random
values = [os.system, {"a": [1, 2.5, None, True, 10**30], "b": (b"x", "y", "\\u00e9"), "c": {3}}, collections.OrderedDict(a=datetime.date(2020, 1, 2)),
          ["text %d" % i for i in range(40)], bytearray(b"z"), [os.getpid, os.getpid, -1, 300, 70000, "q" * 300]]
seeds = [pickle.dumps(value, protocol) for value in values for protocol in range(6)]
dice = random.Random(20)
for _ in range(2000):
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
            if code.name in ("GLOBAL", "INST"): names.append(argument.replace(" ", ".", 1))
        whole = True
    except Exception: pass
    print(json.dumps([data.hex(), places, names, whole]))
`;

type Mutated = readonly [hex: string, places: readonly number[], names: readonly string[], whole: boolean];

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

testUnless(PYTHON_MISSING, test, '2,000 damaged pickles are read as pickletools reads them', async () => {
  const { stdout, status, stderr } = spawnSync('python3', ['-c', MUTATED], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  assert.is(status, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.is(lines.length, 2000);
  let whole = 0;
  for (const line of lines) {
    const [hex, places, names, ends] = JSON.parse(line) as Mutated;
    const bytes = Buffer.from(hex, 'hex');
    // Python also reads the arguments, and stops where one is no number or no text; the instructions up to there are the same.
    assert.equal(placesOf(bytes).slice(0, places.length), places, hex);
    const file = await readPickles(await contentOf(bytes).open());
    const seen = new Set(file.uses.map(nameOf));
    for (const name of names) assert.ok(seen.has(name), `${name} in ${hex}`);
    if (!ends) continue;
    whole += 1;
    assert.equal(placesOf(bytes), places, hex);
    assert.is(file.pickles >= 1 && file.end >= (places.at(-1) ?? 0) + 1, true, hex);
  }
  assert.ok(whole > 200 && whole < 1900, String(whole));
});

test.run();
