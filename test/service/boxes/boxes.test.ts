import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findBoxes } from '#service/builtin/find-boxes.js';
import { fromCentre, fromSize, overlap, suppressOverlaps, toCentre, toImage, toSize } from '#service/index.js';

/** What onnxruntime and numpy make of boxes, see test/recordings/service/boxes.py. */
interface Recorded {
  readonly suppressed: readonly {
    readonly boxes: readonly [number, number, number, number][];
    readonly scores: readonly number[];
    readonly labels: readonly number[];
    readonly overlap: number;
    readonly score: number;
    readonly perClass: boolean;
    readonly kept: readonly number[];
  }[];
  readonly yolox: {
    readonly width: number;
    readonly height: number;
    readonly rows: readonly (readonly number[])[];
    /** Corners, score, class. */
    readonly boxes: readonly (readonly number[])[];
  };
}

const recorded: Recorded = JSON.parse(
  readFileSync(new URL('../../recordings/service/boxes.json', import.meta.url), 'utf8'),
);

test("what is suppressed is what onnxruntime's NonMaxSuppression suppresses", () => {
  for (const { boxes, scores, labels, kept, ...options } of recorded.suppressed) {
    const candidates = boxes.map((box, id) => ({ id, box, score: scores[id] ?? 0, label: labels[id] ?? 0 }));
    const found = suppressOverlaps(candidates, options);
    assert.equal(
      found.map(({ id }) => id),
      kept,
    );
    assert.ok(kept.length > 5 && kept.length < boxes.length);
    const best = suppressOverlaps(candidates, { ...options, limit: 3 });
    assert.equal(
      best.map(({ id }) => id),
      kept.slice(0, 3),
    );
  }
});

test('equal scores keep their order; a threshold that is just reached keeps the box', () => {
  const at = (x: number, score: number, label = 0) => ({ box: [x, 0, x + 2, 1], score, label }) as const;
  // The first two share one of three columns.
  const candidates = [at(0, 0.5), at(1, 0.5), at(9, 0.2), at(20, Number.NaN)];
  assert.equal(suppressOverlaps(candidates, { overlap: 1 / 3 }), candidates.slice(0, 3));
  assert.equal(suppressOverlaps(candidates, { overlap: 0.33, score: 0.2 }), [candidates[0], candidates[2]]);
  assert.equal(suppressOverlaps(candidates, { score: 0.21, overlap: 1 }), candidates.slice(0, 2));
  assert.equal(suppressOverlaps([at(0, 0.5), at(0, 0.4, 1)]).length, 2);
  assert.equal(suppressOverlaps([at(0, 0.5), at(0, 0.4, 1)], { perClass: false }).length, 1);
});

test('boxes by centre, by size and by corners', () => {
  assert.equal(fromCentre([5, 6, 4, 2]), [3, 5, 7, 7]);
  assert.equal(toCentre([3, 5, 7, 7]), [5, 6, 4, 2]);
  assert.equal(fromSize([3, 5, 4, 2]), [3, 5, 7, 7]);
  assert.equal(toSize([3, 5, 7, 7]), [3, 5, 4, 2]);
  assert.is(overlap([0, 0, 2, 2], [1, 1, 3, 3]), 1 / 7);
  assert.is(overlap([0, 0, 2, 2], [2, 0, 3, 2]), 0);
});

test('a box comes back to the image, cut at its edges', () => {
  const placement = { image: { width: 100, height: 50 }, scaleX: 0.5, scaleY: 0.4, left: 10, top: -5 };
  assert.equal(toImage([20, 5, 40, 11], placement), [20, 25, 60, 40]);
  assert.equal(toImage([0, -9, 99, 99], placement), [0, 0, 100, 50]);
});

test('YOLOX is decoded as numpy does', () => {
  const { width, height, rows, boxes } = recorded.yolox;
  const columns = rows[0]?.length ?? 0;
  const output = { type: 'float32', data: Float32Array.from(rows.flat()), dims: [1, rows.length, columns] } as const;
  const found = findBoxes({ output }, { scoreThreshold: 0 }, { width, height }, { Conv: 1 });
  assert.is(found.length, boxes.length);
  for (const [at, expected] of boxes.entries()) {
    const { box, score, label } = found[at] ?? { box: [], score: 0, label: -1 };
    assert.is(label, expected[5]);
    for (const [axis, value] of [...box, score].entries())
      assert.ok(Math.abs(value - (expected[axis] ?? Number.NaN)) < 1e-4, `${at}: ${value}`);
  }
});

test.run();
