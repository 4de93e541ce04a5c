import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imageTensor, PredictionError } from '#service/index.js';

/** A PNG of vertical stripes, each one colour and `width` pixels wide. */
async function stripes(colours: readonly (readonly number[])[], width: number, height: number): Promise<Buffer> {
  const row = Buffer.from(colours.flatMap((colour) => Array.from({ length: width }, () => [...colour]).flat()));
  const channels = (colours[0]?.length ?? 3) as 3;
  const raw = { width: width * colours.length, height, channels };
  return sharp(Buffer.concat(Array.from({ length: height }, () => row)), { raw })
    .png()
    .toBuffer();
}

const RED = [255, 0, 0] as const;
const GREEN = [0, 255, 0] as const;
const BLUE = [0, 0, 255] as const;

test('channels, layout, mean and scale', async () => {
  const image = await stripes([[10, 20, 30]], 4, 4);
  const nchw = await imageTensor(image, { size: 2, mean: [10, 10, 10], scale: [1, 2, 4] });
  assert.equal(nchw.dims, [1, 3, 2, 2]);
  assert.equal([...nchw.data], [0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5]);
  const nhwc = await imageTensor(image, { size: { width: 1, height: 2 }, layout: 'NHWC', channels: 'BGR', scale: 10 });
  assert.equal(nhwc.dims, [1, 2, 1, 3]);
  assert.equal([...nhwc.data], [3, 2, 1, 3, 2, 1]);
  const gray = await imageTensor(await stripes([[7, 7, 7]], 2, 2), { size: 2, channels: 'GRAY' });
  assert.equal(gray.dims, [1, 1, 2, 2]);
  assert.equal([...gray.data], [7, 7, 7, 7]);
});

test('crop keeps the centre, stretch keeps everything', async () => {
  const wide = await stripes([RED, GREEN, BLUE], 30, 30);
  const cropped = await imageTensor(wide, { size: 3, kernel: 'nearest' });
  assert.equal([...cropped.data], [...Array(9).fill(0), ...Array(9).fill(255), ...Array(9).fill(0)]);
  const stretched = await imageTensor(wide, { size: { width: 3, height: 1 }, fit: 'stretch', kernel: 'nearest' });
  assert.equal([...stretched.data], [255, 0, 0, 0, 255, 0, 0, 0, 255]);
});

test('a wider crop first: the shorter side is resized, then the centre is cut', async () => {
  const wide = await stripes([RED, GREEN, BLUE], 4, 12);
  const tensor = await imageTensor(wide, { size: 4, resizeShorterSide: 12, kernel: 'nearest' });
  assert.ok(
    [...tensor.data.subarray(16, 32)].every((value) => value === 255),
    'only the green stripe is left',
  );
});

test('EXIF turns the image', async () => {
  const turned = await sharp(await stripes([RED, BLUE], 8, 16))
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  const tensor = await imageTensor(turned, { size: { width: 1, height: 2 }, fit: 'stretch', kernel: 'nearest' });
  assert.equal([...tensor.data], [255, 0, 0, 0, 0, 255]);
});

test('what is no image is a PredictionError 400 that says why', async () => {
  const png = await stripes([RED], 40, 40);
  for (const [input, reason] of [
    [Buffer.from('no image'), /cannot be decoded, expected JPEG, .*: Input buffer contains unsupported image format/],
    [png.subarray(0, png.length - 30), /cannot be decoded/],
    [Buffer.alloc(0), /is empty/],
    ['no base64!', /is a text that is not base64, expected an image/],
    [undefined, /is missing, expected an image/],
  ] as const) {
    const error = await imageTensor(input, { size: 2 }).catch((thrown: unknown) => thrown);
    assert.instance(error, PredictionError);
    assert.is(error instanceof PredictionError && error.status, 400);
    assert.match(String(error), reason);
  }
});

test.run();
