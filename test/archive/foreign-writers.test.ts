import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestEntries } from '#archive/digest.js';
import { scanArchive } from '#archive/open.js';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';

const FILES: Readonly<Record<string, Buffer>> = {
  'MAR-INF/MANIFEST.json': Buffer.from('{"model": {}}'),
  'empty.txt': Buffer.alloc(0),
  'text.txt': Buffer.from('line\n'.repeat(5000)),
  'naïve.bin': Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 253)),
};

/** Python's zipfile, also where it cannot seek back (descriptors) and where it is told to use zip64. */
const PYTHON = `
import sys, zipfile
files = ${JSON.stringify(Object.keys(FILES))}
method = {"store": zipfile.ZIP_STORED, "deflate": zipfile.ZIP_DEFLATED}[sys.argv[2]]
class Pipe:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
out = open(sys.argv[1], "wb")
with zipfile.ZipFile(Pipe(out) if "pipe" in sys.argv else out, "w", method) as archive:
    for name in files:
        info = zipfile.ZipInfo.from_file(name)
        info.compress_type = method
        with archive.open(info, "w", force_zip64="zip64" in sys.argv) as entry:
            entry.write(open(name, "rb").read())
    archive.comment = b"made by python" * 100
out.close()
`;

const python = (...options: string[]) => ['python3', '-c', PYTHON, 'out.mar', ...options];

/** In a locale without UTF-8 Info-ZIP copies the bytes of a name, which are UTF-8 all the same. */
const UNMARKED = ['ERR_ENTRY_NAME_ENCODING'];

/** Command lines that write \`out.mar\` from the files in the working directory. */
const WRITERS: readonly (readonly [name: string, command: readonly string[], warnings: readonly string[]])[] = [
  ['Info-ZIP, deflated', ['zip', '-q', '-r', 'out.mar', '.', '-x', 'out.mar'], UNMARKED],
  ['Info-ZIP, stored', ['zip', '-q', '-0', '-r', 'out.mar', '.', '-x', 'out.mar'], UNMARKED],
  ['Info-ZIP, zip64', ['zip', '-q', '-fz', '-r', 'out.mar', '.', '-x', 'out.mar'], UNMARKED],
  [
    'Info-ZIP to a pipe',
    ['sh', '-c', 'zip -q -r - . -x out.mar | cat > out.mar'],
    [...UNMARKED, 'ERR_ENTRY_DESCRIPTOR'],
  ],
  ['Java', ['jar', '-c', '-M', '-f', 'out.mar', ...Object.keys(FILES)], []],
  ['Java, stored', ['jar', '-c', '-M', '-0', '-f', 'out.mar', ...Object.keys(FILES)], []],
  ['Python, stored', python('store'), []],
  ['Python, deflated', python('deflate'), []],
  ['Python, zip64', python('store', 'zip64'), []],
  ['Python, deflated to a pipe', python('deflate', 'pipe'), []],
  ['Python, zip64 to a pipe', python('deflate', 'pipe', 'zip64'), []],
  ['Python, stored to a pipe', python('store', 'pipe'), ['ERR_ENTRY_DESCRIPTOR']],
  ['tar', ['sh', '-c', 'tar czf ../out.tgz . && mv ../out.tgz out.mar'], []],
  ['tar, pax', ['sh', '-c', 'tar czf ../out.tgz --format=pax . && mv ../out.tgz out.mar'], []],
];

for (const [name, [command = '', ...args], warnings] of WRITERS) {
  const needed = command === 'sh' ? (args[1]?.split(' ')[0] ?? '') : command;
  testUnless(missingCommand(needed), test, `reads what ${name} wrote, with nothing to object to`, async () => {
    const root = mkdtempSync(join(tmpdir(), 'mar-foreign-'));
    const cwd = join(root, 'model');
    try {
      mkdirSync(join(cwd, 'MAR-INF'), { recursive: true });
      for (const [path, data] of Object.entries(FILES)) writeFileSync(join(cwd, path), data);
      execFileSync(command, args, { cwd });
      const { archive, problems } = await scanArchive(join(cwd, 'out.mar'));
      assert.equal([...new Set(problems.map(({ code }) => code))], warnings);
      if (archive === undefined) return assert.unreachable('it is readable');
      const found: Record<string, string | undefined> = {};
      for await (const { entry, sha256 } of digestEntries(archive)) found[entry.path] = sha256;
      await archive.close();
      const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex');
      assert.equal(found, Object.fromEntries(Object.entries(FILES).map(([path, data]) => [path, digest(data)])));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}

test.run();
