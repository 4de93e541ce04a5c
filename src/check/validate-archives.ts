import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { ScriptAnalyst } from '#handler/script-analyst.js';
import { AllowList } from '#models/pickle/judge.js';
import { VERSION } from '#version.js';
import { attest } from './attest.js';
import { checkArchive } from './check-archive.js';
import { type ArchiveRunner, isMachineFault } from './facts/run.js';
import { findArchives } from './find-archives.js';
import type { ArchiveReport, Failure, Severity, ValidationReport } from './finding.js';
import { type Ignore, readSettings, type ValidateOptions } from './options.js';
import { readConfig } from './read-config.js';

/** Options that mean nothing without a run. */
const FOR_A_RUN = ['python', 'installRequirements', 'timeoutMs', 'contain', 'memoryMb', 'env', 'attest'] as const;

/** `validate` with all that it needs; whoever gives the analyst closes it. */
export async function validateArchives(
  paths: readonly string[],
  options: ValidateOptions,
  analyst: ScriptAnalyst,
  runner?: ArchiveRunner,
): Promise<ValidationReport> {
  const cwd = options.cwd ?? process.cwd();
  const configured = options.config === undefined ? {} : await readConfig(cwd, options.config);
  const settings = readSettings({ ...configured, ...options });
  const failures: Failure[] = [];
  const run: ArchiveRunner | undefined =
    runner &&
    ((path, onSeen) =>
      runner(path, onSeen).catch((error: unknown) => {
        // The archive is checked all the same; that it was not run is a failure of this validation.
        if (isMachineFault(error)) refuse(path, error, failures);
        throw error;
      }));
  const runs = options.run ?? configured.run ?? false;
  const asked = FOR_A_RUN.filter((name) => options[name] !== undefined);
  if (!runs && asked.length > 0) {
    throw new MarError(`${asked.join(', ')} ${asked.length === 1 ? 'needs' : 'need'} a run, and nothing is run`, {
      code: 'ERR_USAGE',
      hint: 'add --run: without it nothing of an archive is executed',
    });
  }
  checkRun(options);
  const tools = {
    analyst,
    runner: runs ? run : undefined,
    allowed: new AllowList([...(configured.allowImport ?? []), ...(options.allowImport ?? [])]),
    attest: options.attest,
    signal: options.signal,
    onRead: options.onRead,
  };
  const maxWarnings = options.maxWarnings ?? configured.maxWarnings;
  if (paths.length === 0) {
    throw new MarError('no archive is given', {
      code: 'ERR_USAGE',
      hint: 'name at least one archive, directory or pattern',
    });
  }
  const found = await Promise.all(
    paths.map((path) => findArchives(cwd, path).catch((error: unknown) => refuse(path, error, failures))),
  );
  const queue = [...new Set(found.flat())];
  const reports = new Map<string, ArchiveReport>();
  const used = new Set<Ignore>();
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let path = queue[next++]; path !== undefined; path = queue[next++]) {
      options.signal?.throwIfAborted();
      try {
        const report = await checkArchive(path, cwd, settings, tools, used);
        reports.set(path, report);
        if (options.attest) reports.set(path, await attest(report, resolve(cwd, path), options.attest));
      } catch (error) {
        refuse(path, error, failures);
      }
      done += 1;
      options.onArchive?.(path, done, queue.length);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(queue.length, options.concurrency ?? availableParallelism()) }, work),
  );

  const archives = queue.flatMap((path) => reports.get(path) ?? []);
  const count = (severity: Severity) =>
    archives.reduce(
      (sum, report) => sum + report.findings.filter((finding) => finding.severity === severity).length,
      0,
    );
  const totals = { error: count('error'), warning: count('warning'), note: count('note') };
  const tooMany = maxWarnings !== undefined && totals.warning > maxWarnings ? maxWarnings : undefined;
  return {
    version: VERSION,
    archives,
    failures,
    unusedIgnores: settings.ignores.filter((ignore) => !used.has(ignore)).map((ignore) => ignore.text),
    unusedAllows: tools.allowed.unused,
    totals,
    passed: failures.length === 0 && tooMany === undefined && archives.every((report) => report.passed),
    ...(tooMany !== undefined && { tooManyWarnings: tooMany }),
  };
}

/** Throws `ERR_USAGE` for what a run cannot hold to. */
function checkRun({ contain, memoryMb, env = [] }: ValidateOptions): void {
  if (contain === 'never' && memoryMb !== undefined) {
    throw new MarError(
      `memoryMb is ${memoryMb} and contain is never: the memory is limited only where a run is contained`,
      {
        code: 'ERR_USAGE',
        hint: 'leave out --memory, or --contain never',
      },
    );
  }
  const wrong = env.find((name) => name === '' || /[=\s\0]/.test(name));
  if (wrong === undefined) return;
  throw new MarError(`'${wrong}' is not the name of a variable`, {
    code: 'ERR_USAGE',
    hint: '--env NAME hands on the value that NAME has here',
  });
}

/** Keeps what is wrong with one path; anything that is not our own error is a defect and is thrown on. */
function refuse(path: string, error: unknown, failures: Failure[]): [] {
  const system = systemCode(error);
  if (!(error instanceof MarError) && system !== undefined) {
    failures.push({ path, code: 'ERR_ARCHIVE_UNREADABLE', message: `${path} cannot be read: ${system}` });
    return [];
  }
  if (!(error instanceof MarError)) throw error;
  failures.push({
    path,
    code: error.code,
    message: messageOf(error),
    hint: error.advice,
  });
  return [];
}
