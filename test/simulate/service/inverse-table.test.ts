import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '#simulate/random.js';
import { InverseTable } from '#simulate/service/inverse-table.js';

const DRAWS = 100_000;

test('values come as often as their weights say, in whatever order they were given', () => {
  const weights = new Map([
    [9, 1],
    [2, 60],
    [5, 0.5],
    [1, 38.5],
  ]);
  const table = new InverseTable([...weights]);
  assert.ok(Math.abs(table.mean - (9 + 120 + 2.5 + 38.5) / 100) < 1e-12);
  assert.is(table.weight, 100);
  const random = new Random(7);
  const seen = new Map<number, number>();
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const value = table.draw(random);
    seen.set(value, (seen.get(value) ?? 0) + 1);
  }
  for (const [value, weight] of weights) {
    const share = weight / 100;
    const error = Math.sqrt((share * (1 - share)) / DRAWS);
    assert.ok(Math.abs((seen.get(value) ?? 0) / DRAWS - share) < 4 * error, `${value}: ${seen.get(value)}`);
  }
});

test('one value is always drawn, and the same numbers draw values of the same rank from tables that differ little', () => {
  const random = new Random(1);
  assert.is(new InverseTable([[3, 5]]).draw(random), 3);
  const points = Array.from({ length: 500 }, (_, index) => [index, 10 + (index % 7)] as const);
  const [one, other] = [
    new InverseTable(points),
    new InverseTable(points.map(([value, weight]) => [value, weight + 1])),
  ];
  const [first, second] = [new Random(3), new Random(3)];
  for (let draw = 0; draw < 1000; draw += 1) assert.ok(Math.abs(one.draw(first) - other.draw(second)) <= 3);
});

test.run();
