import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VERIFICATION_ENTRY } from '#conventions/verification.js';
import { validate } from '#index.js';
import { type ForgedEntry, forgeZip } from '../hostile/forge-zip.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { manifest } from './sample-archives.js';

const directory = mkdtempSync(join(tmpdir(), 'mar-damaged-'));
test.after(() => rmSync(directory, { recursive: true, force: true }));

const PYTHON = 'def handle(data, context):\n    return ["ok"]\n';
const header = Buffer.from('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'.padEnd(56));
const long = (text: string): string => text.padEnd(4000);

/** Everything that a fact or a rule opens by itself, with content that is right where it is not cut. */
const CONTENT: Readonly<Record<string, string | Buffer>> = {
  'model.safetensors': Buffer.concat([Buffer.from([56, 0, 0, 0, 0, 0, 0, 0]), header, Buffer.alloc(8)]),
  'resnet-0000.params': Buffer.concat([Buffer.from([0x12, 1, 0, 0, 0, 0, 0, 0]), Buffer.alloc(100)]),
  'resnet-symbol.json': '{"nodes": [], "arg_nodes": [], "heads": []}',
  'model.onnx': encodeOnnx({ inputs: [{ name: 'input', dims: ['batch', 3] }] }),
  'model.pkl': Buffer.from('80047d942e', 'hex'),
  'model.pt': forgeZip([{ name: 'archive/data.pkl', data: Buffer.from('80027d712e', 'hex') }]),
  'model.npy': Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
    Buffer.from("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}".padEnd(118)),
    Buffer.alloc(8),
  ]),
  'model.npz': forgeZip([{ name: 'a.npy', data: 'x' }]),
  'dep-1.0-py3-none-any.whl': forgeZip([{ name: 'dep/__init__.py', data: 'x = 1\n' }]),
  'data.zip': forgeZip([{ name: 'a.txt', data: 'x' }]),
  'model.joblib.gz': gzipSync(Buffer.from('80047d942e', 'hex')),
  'model.keras': forgeZip([{ name: 'config.json', data: '{}' }]),
  'requirements.txt': long('numpy==1.26.4\n'),
  'requirements-dev.txt': long('numpy==1.26.4\n'),
  'extra.pth': long('/usr/lib/somewhere\n'),
  'service.py': PYTHON,
  'helper.py': 'x = 1\n',
  'helper.js': 'export const x = 1;\n',
  '__pycache__/helper.cpython-311.pyc': Buffer.alloc(64),
  'labels.txt': long('cat\ndog\n'),
  'index_to_name.json': '{"0": "cat"}',
  'signature.json': '{"inputs": []}',
  'model-config.yaml': long('batchSize: 2\n'),
  'config.json': '{"a": 1}',
  'service.json': '{}',
  'tokenizer_config.json': '{}',
  'MAR-INF/tests/a.json': JSON.stringify({ request: { json: {} }, expect: {} }),
  [VERIFICATION_ENTRY]: '{}',
  'MAR-INF/MANIFEST.json': manifest({ requirementsFile: 'requirements.txt', configFile: 'model-config.yaml' }),
};

/** Ways to damage one entry, and the rule that says so. */
const DAMAGES: readonly (readonly [rule: string, (entry: ForgedEntry, size: number) => ForgedEntry])[] = [
  ['MAR124', (entry, size) => ({ ...entry, deflate: true, both: { size: size + 5 } })],
  ['MAR124', (entry, size) => ({ ...entry, deflate: true, both: { size: size - 1 } })],
  ['MAR125', (entry) => ({ ...entry, both: { crc32: 7 } })],
  [
    'MAR126',
    (entry, size) => ({ ...entry, raw: Buffer.alloc(20, 0xff), both: { method: 8, size, compressedSize: 20 } }),
  ],
];

for (const path of Object.keys(CONTENT)) {
  test(`a damaged ${path} fails the archive by what is wrong with it, and hides nothing else`, async () => {
    for (const [index, [rule, damage]] of DAMAGES.entries()) {
      const entries = Object.entries({ ...CONTENT, 'evil.py': 'import os\nos.system("id")\n' }).map(([name, data]) =>
        name === path ? damage({ name, data }, data.length) : { name, data },
      );
      const file = join(directory, `${index}.mar`);
      writeFileSync(file, forgeZip(entries));
      for (const ignore of [[], [rule]]) {
        const { archives, failures } = await validate([file], {
          ignore,
          target: ['local', 'mms', 'torchserve', 'sagemaker'],
        });
        assert.equal(failures, [], `${rule} ${index}`);
        const [report] = archives;
        assert.equal(report?.internalErrors, []);
        assert.ok(report?.verdicts.every(({ passed }) => !passed));
        const errors = report?.findings.map((finding) => `${finding.rule} ${finding.at?.entry}`) ?? [];
        if (ignore.length === 0) assert.ok(errors.includes(`${rule} ${path}`), `${rule} of ${errors.join(', ')}`);
        assert.ok(errors.includes('MAR331 evil.py'), errors.join(', '));
      }
    }
  });
}

test.run();
