import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ImageOptions, imageSize, imageTensor, PredictionError } from '#service/index.js';

/** What Pillow makes of an image, see test/recordings/images/generate.py. */
interface Recorded {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** Base64 of interleaved pixels, and of their luminance. */
  readonly rgb: string;
  readonly grey: string;
  /** How far another decoder may be away, of 255. */
  readonly tolerance: number;
}

const images: Readonly<Record<string, Recorded>> = JSON.parse(
  readFileSync(new URL('../recordings/images/images.json', import.meta.url), 'utf8'),
);
const plain = ({ width, height }: Recorded) =>
  ({ size: { width, height }, fit: 'stretch', layout: 'NHWC', type: 'uint8' }) as const;
const furthest = (found: ArrayLike<unknown>, expected: Uint8Array): number =>
  found.length === expected.length
    ? Math.max(...expected.map((value, at) => Math.abs(Number(found[at]) - value)))
    : Number.POSITIVE_INFINITY;

for (const [name, image] of Object.entries(images)) {
  test(`${name}: colours, greys and size as by Pillow`, async () => {
    const bytes = Buffer.from(image.file, 'base64');
    assert.equal(await imageSize(bytes), { width: image.width, height: image.height });
    const colours = await imageTensor(bytes, plain(image));
    assert.equal(colours.dims, [1, image.height, image.width, 3]);
    const rgb = furthest(colours.data, Buffer.from(image.rgb, 'base64'));
    assert.ok(rgb <= image.tolerance, `colours are ${rgb} away`);
    const greys = await imageTensor(bytes, { ...plain(image), channels: 'GRAY' });
    assert.equal(greys.dims, [1, image.height, image.width, 1]);
    const grey = furthest(greys.data, Buffer.from(image.grey, 'base64'));
    assert.ok(grey <= image.tolerance, `greys are ${grey} away`);
  });
}

test('transparency is dropped, or blended with a background', async () => {
  const image = await sharp({
    create: { width: 4, height: 4, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const first = async (options: Partial<ImageOptions>) => {
    const { data } = await imageTensor(image, { size: 2, layout: 'NHWC', ...options });
    return [...data.slice(0, 3)];
  };
  assert.equal(await first({}), [200, 100, 50]);
  assert.equal(await first({ alpha: 'blend' }), [0, 0, 0]);
  assert.equal(await first({ alpha: 'blend', background: 255 }), [255, 255, 255]);
  assert.equal(await first({ alpha: 'blend', background: [1, 2, 3] }), [1, 2, 3]);
});

test('16 bits become the 8 bits that weigh most', async () => {
  const raw = { width: 2, height: 1, channels: 3 } as const;
  const pixels = Uint16Array.of(0, 256, 65535, 32768, 12800, 51400);
  const image = await sharp(pixels, { raw }).toColourspace('rgb16').png().toBuffer();
  assert.is((await sharp(image).metadata()).depth, 'ushort');
  const { data } = await imageTensor(image, { size: { width: 2, height: 1 }, fit: 'stretch', layout: 'NHWC' });
  assert.equal([...data], [0, 1, 255, 128, 50, 200]);
});

test('float16 and uint8 tensors', async () => {
  const image = await sharp({ create: { width: 2, height: 2, channels: 3, background: { r: 255, g: 127, b: 0 } } })
    .png()
    .toBuffer();
  const halves = await imageTensor(image, { size: 1, type: 'float16', scale: 255 });
  assert.is(halves.type, 'float16');
  assert.equal([...halves.data], [0x3c00, 0x37f8, 0]);
  const bytes = await imageTensor(image, { size: 1, type: 'uint8', mean: 100 });
  assert.equal([...bytes.data], [155, 27, 0]);
});

const PNG = Buffer.from(images['png']?.file ?? '', 'base64');
const base64 = PNG.toString('base64');

test('an image comes as bytes, as base64, inside JSON of the usual clients, and beside other fields', async () => {
  const ways: readonly unknown[] = [
    PNG,
    base64,
    `data:image/png;base64,${base64}`,
    { body: PNG },
    { data: base64 },
    { body: { data: base64 } },
    { body: { image: { b64: base64 } } },
    { body: { instances: [{ data: base64 }] } },
    { body: { instances: [{ image: { b64: base64 } }] } },
    { body: { inputs: [{ name: 'x', shape: [1], datatype: 'BYTES', data: [base64] }] } },
    { note: Buffer.from('hello'), photo: PNG },
    { image: PNG, other: PNG },
  ];
  const expected = await imageTensor(PNG, { size: 2 });
  for (const way of ways) assert.equal(await imageTensor(way, { size: 2 }), expected);
});

test('what is no image says what it is and what is expected', async () => {
  const cut = Buffer.from(images['bmp']?.file ?? '', 'base64').subarray(0, -20);
  for (const [input, reason] of [
    [{ note: Buffer.from('a'), other: Buffer.from('b') }, /the input has note, other, expected an image/],
    [{ one: PNG, two: PNG }, /the input has one, two/],
    [{ body: { instances: [base64, base64] } }, /a list of 2/],
    [{ body: 'no picture!' }, /a text that is not base64, expected an image: .*base64 in JSON/],
    [{ body: 7 }, /the input is number/],
    [{}, /the input is missing/],
    [cut, /cannot be decoded, expected JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP: a bitmap that is cut off/],
  ] as const) {
    const error = await imageTensor(input, { size: 2 }).catch((thrown: unknown) => thrown);
    assert.instance(error, PredictionError);
    assert.match(String(error), reason);
  }
});

test.run();
