import { writeFile } from 'node:fs/promises';
import { openArchive } from '#archive/open.js';
import { replaceEntry } from '#archive/writing/replace-entry.js';
import { stage, unwritable } from '#archive/writing/staging.js';
import { PROVIDED } from '#conventions/provided-modules.js';
import {
  type AttestWhere,
  VERIFICATION_ENTRY,
  type Verification,
  verificationBeside,
} from '#conventions/verification.js';
import { MarError } from '#errors/mar-error.js';
import { providedVersion } from '#handler/provided.js';
import { findManifest } from '#manifest/read-manifest.js';
import { VERSION } from '#version.js';
import type { ArchiveReport } from './finding.js';

/**
 * Writes the record of a verification that passed, beside the archive or into it, and says where. Throws `ERR_NOT_ATTESTED` where there is
 * nothing to attest: the archive failed, was not run, or no golden case says what a right answer is.
 */
export async function attest(report: ArchiveReport, path: string, where: AttestWhere): Promise<ArchiveReport> {
  const { passed, run, content } = report;
  const refuse = (because: string): MarError =>
    new MarError(`${report.path} is not attested: ${because}.`, { code: 'ERR_NOT_ATTESTED' });
  if (!passed) throw refuse('it failed');
  if (run === undefined || !run.loaded) throw refuse('it was not run');
  if (run.cases === 0) throw refuse('it has no golden case, so that no answer was checked');
  if (content === undefined) throw refuse('not all of its content could be read');
  const bytes = Buffer.from(`${JSON.stringify(await recordOf(report, path, run, content), null, 2)}\n`);
  const target = where === 'inside' ? path : verificationBeside(path);
  if (where === 'inside') await replaceEntry(path, VERIFICATION_ENTRY, bytes);
  else await writeWhole(target, bytes);
  return {
    ...report,
    attested: where === 'inside' ? `${report.path}:${VERIFICATION_ENTRY}` : verificationBeside(report.path),
  };
}

async function recordOf(
  { verdicts, ignored }: ArchiveReport,
  path: string,
  { cases, passed, seconds, contract, seen }: NonNullable<ArchiveReport['run']>,
  content: Verification['content'],
): Promise<Verification> {
  const archive = await openArchive(path);
  try {
    const runtime = (await findManifest(archive)).document?.runtime ?? 'python';
    const provided = PROVIDED.flatMap(({ package: name }) => {
      const version = name === 'model-archiver' ? undefined : providedVersion(name);
      return version === undefined ? [] : [[name, version] as const];
    });
    return {
      content,
      verifiedAt: new Date().toISOString(),
      tool: { name: 'model-archiver', version: VERSION },
      versions: { node: process.versions.node, ...(runtime === 'nodejs' && Object.fromEntries(provided)) },
      platform: `${process.platform}-${process.arch}`,
      runtime,
      targets: verdicts.map(({ target, errors, warnings, notes }) => ({ target, errors, warnings, notes })),
      ignored,
      run: { cases, passed, seconds, ...(contract && { contract }), ...(seen && { seen }) },
    };
  } finally {
    await archive.close();
  }
}

async function writeWhole(target: string, bytes: Buffer): Promise<void> {
  try {
    const staged = await stage(target, 'file');
    try {
      await writeFile(staged.path, bytes);
      await staged.commit(true);
    } finally {
      await staged.discard();
    }
  } catch (error) {
    throw unwritable(target, error);
  }
}
