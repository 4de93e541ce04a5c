import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ImageOptions, imageSize, imageTensor, type Placement, placedImage, readPicture } from '#service/index.js';
import { rejectsWith } from '../../support/rejects.js';

/** What Pillow and numpy make of an image, see test/recordings/service/fit.py. */
interface Recorded {
  readonly name: string;
  readonly file: string;
  readonly options: ImageOptions;
  readonly dims: readonly number[];
  readonly data: string;
  readonly tolerance: number;
  readonly placement: Placement;
}

const { cases }: { readonly cases: readonly Recorded[] } = JSON.parse(
  readFileSync(new URL('../../recordings/service/fit.json', import.meta.url), 'utf8'),
);

function floatsOf(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

for (const { name, file, options, dims, data, tolerance, placement } of cases) {
  test(`${name}: pixels and place as by Pillow and numpy`, async () => {
    const image = Buffer.from(file, 'base64');
    const placed = await placedImage(image, options);
    assert.equal(placed.tensor.dims, dims);
    const expected = floatsOf(data);
    const away = expected.map((value, at) => Math.abs(value - Number(placed.tensor.data[at])));
    const furthest = Math.max(...away);
    const mean = away.reduce((sum, value) => sum + value, 0) / away.length;
    assert.ok(furthest <= tolerance, `${furthest} away, ${mean} in the mean`);
    assert.ok(mean <= tolerance / 4, `${mean} away in the mean`);
    assert.equal(placed.placement.image, placement.image);
    for (const key of ['scaleX', 'scaleY', 'left', 'top'] as const)
      assert.ok(Math.abs(placed.placement[key] - placement[key]) < 1e-9, `${key} ${placed.placement[key]}`);
    assert.equal(await imageTensor(image, options), placed.tensor);
    const picture = await readPicture(image);
    assert.equal((await imageTensor(picture, options)).data, placed.tensor.data);
    assert.equal(await imageSize(picture), placement.image);
  });
}

const noise = (width: number, height: number): Promise<Buffer> =>
  sharp({
    create: { width, height, channels: 3, background: 'black', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  })
    .png()
    .toBuffer();

test('a crop has the same pixels whether its place is asked or not, and its place is where they were', async () => {
  const image = await noise(40, 30);
  for (const options of [{ size: 20 }, { size: 30 }, { size: { width: 12, height: 20 }, resizeShorterSide: 30 }]) {
    const { tensor, placement } = await placedImage(image, options);
    assert.equal(tensor, await imageTensor(image, options));
    assert.ok(Math.abs(placement.scaleX - placement.scaleY) < 0.03);
  }
  const { placement } = await placedImage(image, { size: { width: 12, height: 20 }, resizeShorterSide: 30 });
  assert.equal(placement, { image: { width: 40, height: 30 }, scaleX: 1, scaleY: 1, left: -14, top: -5 });
  const { tensor } = await placedImage(image, { size: { width: 12, height: 20 }, resizeShorterSide: 30 });
  const same = await imageTensor(image, { fit: 'stretch', size: { width: 12, height: 20 }, region: [14, 5, 26, 25] });
  assert.equal(tensor.data, same.data);
});

test('a filling has the order of the channels and may be a fraction', async () => {
  const image = await sharp({ create: { width: 2, height: 1, channels: 3, background: { r: 1, g: 2, b: 3 } } })
    .png()
    .toBuffer();
  const options = { fit: 'letterbox', size: 2, anchor: 'top-left', layout: 'NHWC', channels: 'BGR' } as const;
  const { data } = await imageTensor(image, { ...options, fill: [127.5, 10, 20], scale: 2 });
  assert.equal([...data], [1.5, 1, 0.5, 1.5, 1, 0.5, 63.75, 5, 10, 63.75, 5, 10]);
  const grey = await imageTensor(image, { ...options, channels: 'GRAY', type: 'uint8' });
  assert.equal([...grey.data], [2, 2, 114, 114]);
});

test('EXIF turns the image before its region is taken', async () => {
  const halves = Buffer.from(Array.from({ length: 8 * 4 }, (_, at) => (at % 8 < 4 ? [255, 0, 0] : [0, 0, 255])).flat());
  const turned = await sharp(halves, { raw: { width: 8, height: 4, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  const options = { fit: 'stretch', size: 2, layout: 'NHWC' } as const;
  const { tensor, placement } = await placedImage(turned, { ...options, region: [0, 4, 4, 8] });
  assert.equal([...tensor.data.slice(0, 3)], [0, 0, 255]);
  assert.equal(placement.image, { width: 4, height: 8 });
});

test('options that do not fit name what they are', async () => {
  const image = await noise(10, 10);
  const refused = async (options: ImageOptions): Promise<string> =>
    (await rejectsWith('ERR_SERVICE_ARGUMENT', () => imageTensor(image, options))).message;
  assert.match(await refused({ size: 4, region: [5, 5, 5, 9] }), '5, 5, 5, 9 holds no pixel of an image of 10 x 10');
  assert.match(await refused({ size: 4, region: [12, 0, 20, 9] }), 'holds no pixel');
  assert.match(await refused({ size: 4.5 }), '4.5 x 4.5, expected whole numbers');
  assert.match(await refused({ size: 4, fit: 'inside', multipleOf: 0 }), 'multipleOf is 0');
});

test.run();
