import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Schedule } from '#handler/review/script/schedule.js';
import { scriptFile } from '#handler/review/script/script-file.js';
import { parseScript } from '#handler/review/script/tree/parse-script.js';
import { path, text } from '#handler/review/script/values/value-sets.js';
import type { Atom, Task } from '#handler/review/script/values/values.js';
import { Cell, Frame, Thing } from '#handler/review/script/values/values.js';

/** How often a statement is run that reads a cell, into which another writes one value after the other. */
function runsOf(schedule: Schedule, frame: Frame, values: readonly Atom[]): number {
  const cell = new Cell();
  const task: Task = { frame, node: 0, isQueued: false, runs: 0 };
  schedule.enqueue(task);
  schedule.work(() => {
    schedule.read(cell);
  });
  for (const value of values) {
    schedule.write(cell, [value]);
    schedule.work(() => {
      schedule.read(cell);
    });
  }
  return task.runs;
}

const things = (count: number): Thing[] => Array.from({ length: count }, () => new Thing());
const tree = parseScript('');
const file = scriptFile('a.js', tree, 0);
const frameOf = (): Frame => new Frame(1, { file, node: 0, frame: undefined, owner: undefined }, 0);

test('what reads a function is run again when there are more, and what reads what starts programs above all', () => {
  const schedule = new Schedule();
  assert.is(runsOf(schedule, frameOf(), things(9)), 6);
  assert.is(runsOf(schedule, frameOf(), [text('a'), text('b'), text('c'), text('d')]), 3);
  assert.is(
    runsOf(
      schedule,
      frameOf(),
      ['exec', 'spawn', 'fork', 'execFile', 'execSync', 'spawnSync', 'execFileSync'].map((name) =>
        path(`child_process.${name}`),
      ),
    ),
    8,
  );
  assert.not(schedule.isTired);
});

test('where much was followed, what ran often gives way to what did not, and that is known', () => {
  const schedule = new Schedule();
  for (let step = 0; step < 610_000; step++) schedule.step();
  assert.ok(schedule.isMuch);
  assert.is(runsOf(schedule, frameOf(), things(2)), 3);
  assert.not(schedule.isTired);
  assert.is(runsOf(schedule, frameOf(), things(9)), 3);
  assert.ok(schedule.isTired);
  assert.is(
    runsOf(schedule, frameOf(), [
      path('child_process.exec'),
      path('child_process.spawn'),
      path('vm.Script'),
      path('eval'),
    ]),
    5,
  );
  assert.not(schedule.isGivenUp);
});

test('the more there is, the more is followed; what is too much is given up', () => {
  const schedule = new Schedule();
  schedule.allow(100_000);
  for (let step = 0; step < 1_390_000; step++) schedule.step();
  assert.not(schedule.isMuch);
  for (let step = 0; step < 1_000_000; step++) schedule.step();
  assert.is(runsOf(schedule, frameOf(), things(5)), 1);
  assert.is(runsOf(schedule, frameOf(), [path('child_process.exec')]), 2);
  assert.ok(schedule.isTired);
  for (let step = 0; step < 2_000_000; step++) schedule.step();
  assert.ok(schedule.isGivenUp);
});

test.run();
