import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/model-folder.js';
import type { Uses } from './use-archives.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A format that nobody has: `SIX!`, then a JSON object of paths and their content in base64. */
const FORMAT = `
import { readFile, writeFile } from 'node:fs/promises';
import type { ArchiveEntry } from '../archive.js';
import { createArchive } from '../create-archive.js';
import type { FileFormat } from '../format.js';
import { verified } from '../verified.js';
import { plannedContent } from '../writing/make-content.js';

const MAGIC = 'SIX!';

export const SIX: FileFormat = {
  name: 'six',
  kind: 'file',
  noun: 'a six',
  endings: ['.six'],
  magic: [Buffer.from(MAGIC).toString('hex')],
  order: 'any',
  async scan(file) {
    const contents: Record<string, string> = JSON.parse((await file.read(MAGIC.length, file.size - MAGIC.length)).toString());
    const bytes = new Map(Object.entries(contents).map(([path, text]) => [path, Buffer.from(text, 'base64')]));
    const entries: ArchiveEntry[] = [...bytes].map(([path, { length }]) => ({
      path, size: length, compressedSize: length, compression: 'store',
    }));
    const content = async function* (entry: ArchiveEntry) {
      yield bytes.get(entry.path) ?? Buffer.alloc(0);
    };
    return createArchive({
      source: file.source,
      format: 'six',
      entries,
      get: (path) => entries.find((entry) => entry.path === path),
      content: (entry) => verified(file.source, entry, content(entry)),
      close: () => file.close(),
    });
  },
  written: [
    {
      name: 'six',
      ending: '.six',
      summary: 'NAME.six',
      compresses: false,
      async open(path, _modelName, settings) {
        const contents: Record<string, string> = {};
        return {
          add(entry) {
            const { data, size, sha256 } = plannedContent(entry, settings.compressor);
            contents[entry.path] = data.toString('base64');
            return { path: entry.path, size, compressedSize: size, compression: 'store', sha256 };
          },
          finish: () => writeFile(path, MAGIC + JSON.stringify(contents)),
          close: async () => {},
        };
      },
    },
  ],
};
`;

/** What has to be said in src/archive for it, beside its folder. */
const LISTED: readonly (readonly [file: string, from: string, to: string])[] = [
  ['archive.ts', 'export type ArchiveFormat =', "export type ArchiveFormat = 'six' |"],
  ['format.ts', 'export type PackFormat =', "export type PackFormat = 'six' |"],
  ['formats.ts', '[ZIP, TGZ]', '[ZIP, TGZ, SIX]'],
  ['formats.ts', 'import { TGZ }', "import { SIX } from './six/format.js';\nimport { TGZ }"],
];

const USE = `
import { pack } from '#index.js';
import { useArchives } from './use-archives.js';

const [root] = process.argv.slice(2);
const { target } = await pack({
  modelName: 'net', modelPath: root + '/m', handler: 'service.js', exportPath: root + '/store', archiveFormat: 'six',
});
await pack({
  modelName: 'net', modelPath: root + '/m', handler: 'service.js', exportPath: root + '/m', archiveFormat: 'six', force: true,
});
const twice = await pack({
  modelName: 'net', modelPath: root + '/m', handler: 'service.js', exportPath: root + '/m', archiveFormat: 'six', force: true,
});
const uses = await useArchives(root + '/store', ['net.six'], root + '/x');
console.log(JSON.stringify({ target, uses, paths: twice.entries.map(({ path }) => path) }));
`;

test(
  'a sixth format is a folder of src/archive and a line in its lists: every phase packs, reads and serves it',
  inFolder(
    {
      'm/service.js': 'export const handle = (batch) => batch.map(() => "alive");\n',
      'store/': '',
      'x/': '',
      'house/test/': '',
    },
    async (folder) => {
      const path = realpathSync(folder.path);
      const house = join(path, 'house');
      for (const name of ['src', 'schemas', 'package.json', 'tsconfig.json'])
        cpSync(join(ROOT, name), join(house, name), { recursive: true });
      for (const name of ['node_modules', 'templates']) symlinkSync(realpathSync(join(ROOT, name)), join(house, name));
      const archive = join(house, 'src/archive');
      mkdirSync(join(archive, 'six'));
      writeFileSync(join(archive, 'six/format.ts'), FORMAT);
      for (const [file, from, to] of LISTED) {
        const text = readFileSync(join(archive, file), 'utf8');
        assert.ok(text.includes(from), `${file} has ${from}`);
        writeFileSync(join(archive, file), text.replace(from, to));
      }
      cpSync(join(ROOT, 'test/archive/use-archives.ts'), join(house, 'test/use-archives.ts'));
      writeFileSync(join(house, 'test/use.ts'), USE);
      const program = ['--import', 'tsx', '--conditions=mar-source', 'test/use.ts', path];
      const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: house });
      const { target, uses, paths }: { target: string; uses: Uses; paths: string[] } = JSON.parse(stdout);
      assert.is(target, join(path, 'store/net.six'));
      assert.ok(readFileSync(target, 'latin1').startsWith('SIX!'));
      assert.equal(uses, {
        validated: ['net.six'],
        passed: true,
        inspected: { 'net.six': 'six' },
        extracted: { 'net.six': 'net' },
        served: { net: 'alive' },
      });
      assert.not.ok(paths.includes('net.six'), 'an earlier build in the model directory is known by its content');
    },
  ),
);

test.run();
