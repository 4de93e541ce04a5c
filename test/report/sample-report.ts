import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ValidationReport, validate } from '#index.js';
import { pythonFiles, zip } from '../check/sample-archives.js';

/** A report with an archive that fails, one that passes with a warning, and a path that does not exist. Paths are relative. */
export async function sampleReport(): Promise<ValidationReport> {
  const cwd = mkdtempSync(join(tmpdir(), 'mar-report-'));
  try {
    writeFileSync(
      join(cwd, 'bad.mar'),
      zip(pythonFiles({ 'service.py': 'def handle(data):\n    return "<a> & \'b\'"\n' })),
    );
    writeFileSync(join(cwd, 'warn, 100%.mar'), zip(pythonFiles({}, { modelVersoin: '1' })));
    return await validate(['bad.mar', 'warn, 100%.mar', 'absent.mar'], {
      cwd,
      target: ['local', 'mms'],
      ignore: ['MAR101'],
    });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
