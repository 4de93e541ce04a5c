import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BUILTIN_SERVICES,
  builtin,
  COMMON_KEYS,
  isBuiltin,
  SERVICE_SECTIONS,
  TOKENIZER_FILE,
} from '#conventions/builtin-services.js';
import { GOLDEN_CASES_DIR, isGoldenCase, requestEntry } from '#conventions/golden-cases.js';
import { LABEL_FILES } from '#conventions/label-files.js';
import { imageAxes } from '#conventions/layout.js';
import { nominalScale, PIXEL_RANGES, pixelScale } from '#conventions/pixels.js';
import { PROVIDED, PROVIDED_MODULES } from '#conventions/provided-modules.js';
import { builtinService } from '#service/builtin/index.js';

const page = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('every built-in service exists under its name, and nothing else does', async () => {
  for (const name of BUILTIN_SERVICES) assert.ok(await builtinService(name), name);
  for (const name of ['toString', '__proto__', 'Tensor', '']) {
    assert.not(isBuiltin(name), name);
    assert.is(await builtinService(name), undefined);
  }
});

test('schemas/service.schema.json has the sections and keys of the catalogue, and each section has a reader', () => {
  const { properties }: { properties: Record<string, { properties?: Record<string, unknown> }> } = JSON.parse(
    page('schemas/service.schema.json'),
  );
  assert.equal(Object.keys(properties).sort(), [...COMMON_KEYS, ...SERVICE_SECTIONS].sort());
  const read = BUILTIN_SERVICES.filter(isBuiltin).flatMap((name) => builtin(name).sections);
  assert.equal([...new Set(read)].sort(), [...SERVICE_SECTIONS].sort());
});

test('what people read names what the catalogue has', () => {
  const handlers = page('docs/handlers.md');
  for (const name of BUILTIN_SERVICES) assert.match(handlers, `| \`${name}\` |`, name);
  const schema = page('schemas/service.schema.json');
  for (const file of LABEL_FILES.filter((name) => !name.endsWith('.names'))) {
    assert.match(handlers, `\`${file}\``, file);
    assert.match(schema, file, file);
  }
  assert.match(schema, `"default": "${TOKENIZER_FILE}"`);
});

test('golden cases are JSON files in their folder, and send files beside themselves', () => {
  assert.ok(isGoldenCase(`${GOLDEN_CASES_DIR}/cat.json`));
  for (const path of ['cat.json', 'MAR-INF/tests/cat.png', 'MAR-INF/tests/a/cat.json', 'x/MAR-INF/tests/cat.json']) {
    assert.not(isGoldenCase(path), path);
  }
  assert.is(requestEntry('cat.png'), 'MAR-INF/tests/cat.png');
  assert.is(requestEntry('../../data/cat.png'), 'data/cat.png');
  assert.is(requestEntry('../../../cat.png'), undefined);
  assert.is(requestEntry('/cat.png'), undefined);
});

test('each provided module lies in the package that is linked for it', () => {
  for (const { specifier, package: name } of PROVIDED) {
    assert.ok(specifier === name || specifier.startsWith(`${name}/`), specifier);
  }
  assert.ok(PROVIDED_MODULES.includes('model-archiver/service'));
});

test('pixel ranges: named by people and by ONNX files', () => {
  assert.is(Object.keys(PIXEL_RANGES)[0], 'imagenet');
  assert.equal(nominalScale('Normalized_0_1'), pixelScale('0..1'));
  assert.equal(nominalScale('Normalized_1_1'), pixelScale('-1..1'));
  assert.equal(nominalScale('NominalRange_0_255'), pixelScale('0..255'));
  assert.is(nominalScale('NominalRange_16_235'), undefined);
  assert.is(nominalScale(undefined), undefined);
});

test('the layout shows in the axes: channels are last only where nothing else fits', () => {
  assert.equal(imageAxes([1, 3, 224, 200]), { layout: 'NCHW', height: 224, width: 200, channels: 3 });
  assert.equal(imageAxes([1, 224, 200, 3]), { layout: 'NHWC', height: 224, width: 200, channels: 3 });
  assert.equal(imageAxes(['n', 'h', 'w', 1]), { layout: 'NHWC', height: 'h', width: 'w', channels: 1 });
  assert.is(imageAxes([1, 3, 3, 3]).layout, 'NCHW');
  assert.is(imageAxes([1, 4, 224, 224]).layout, 'NCHW');
  assert.is(imageAxes([1, 3, 224, 3], 'NHWC').channels, 3);
  assert.is(imageAxes([1, 3, 224, 200], 'NHWC').height, 3);
});

test.run();
