import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TORCHSERVE_HANDLERS } from '#conventions/builtin-services.js';
import { MarError } from '#errors/mar-error.js';
import { codeFrame } from '#handler/code-frame.js';
import { objectAt } from '#json-object.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import type { ManifestText } from '#manifest/manifest-text.js';
import { isManifestFault } from '#manifest/refuse.js';
import type { RunOutcome } from './facts/run.js';
import { openSource } from './facts/source.js';
import { createFacts, type Tools } from './facts.js';
import {
  type ArchiveReport,
  type Draft,
  type Finding,
  type InternalError,
  type RunSummary,
  SEVERITIES,
  type Severity,
  type Target,
  type Verdict,
} from './finding.js';
import type { Ignore, ValidateSettings } from './options.js';
import { RULES, rulePage } from './registry.js';
import { type Rule, severityOn } from './rule.js';
import { UNREAD_RULE, unreadParts } from './rules/archive/unread.js';

const LONGEST = 500;

/** Checks one archive against every rule. Throws where it cannot be read at all; `used` collects the ignores that matched. */
export async function checkArchive(
  path: string,
  cwd: string,
  settings: ValidateSettings,
  tools: Tools,
  used: Set<Ignore>,
): Promise<ArchiveReport> {
  const file = resolve(cwd, path);
  const before = await stateOf(file);
  const source = await openSource(file, tools.signal, tools.onRead);
  try {
    const facts = createFacts(source, tools);
    const manifest = await facts.get('manifest');
    if (manifest?.runtime === 'nodejs') tools.analyst.prepare();
    const targets = settings.targets ?? impliedTargets(manifest);
    const text = await facts.get('manifestText');
    const isOff = (rule: string): boolean => settings.levels.get(rule) === 'off';
    const internalErrors: InternalError[] = [];
    const evaluate = async (rule: Rule): Promise<Finding[]> => {
      try {
        return (await rule.evaluate(facts)).flatMap((draft) => complete(rule, draft, targets, settings));
      } catch (error) {
        if (error instanceof MarError || tools.signal?.aborted) throw error;
        if (!isOff(rule.id)) internalErrors.push(internalError(rule, error));
        return [];
      }
    };
    const settled = await Promise.allSettled(RULES.filter((rule) => !speaksOfOthers(rule)).map(evaluate));
    settled.push(...(await Promise.allSettled(RULES.filter(speaksOfOthers).map(evaluate))));
    // Nothing may still be reading when the archive is closed.
    const results = settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
    const all = results.flat().map((finding) => withFrame(finding, text));
    const outcome = await facts.get('run');
    // What is switched off is looked for all the same, so that the report says what it leaves out.
    const wanted = all.filter(({ rule }) => !isOff(rule)).filter((one) => !isIgnored(one, settings.ignores, used));
    const findings = wanted.filter((finding) => finding.rule !== LOAD_FAILED || !isExplained(outcome, wanted));
    const passing = targets.filter((target) => judge(target, findings).passed);
    for (const draft of await unreadParts(facts, passing))
      findings.push(...complete(UNREAD_RULE, draft, targets, { ...settings, levels: new Map() }));
    findings.sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
    const verdicts = targets.map((target) => judge(target, findings));
    // What a broken rule would have said is not known.
    const passed = internalErrors.length === 0 && verdicts.every((verdict) => verdict.passed);
    const run = outcome && summarize(outcome);
    const content = tools.attest && (await facts.get('integrity'))?.content;
    if ((await stateOf(file)) !== before) throw changed(path);
    return {
      path,
      passed,
      findings,
      verdicts,
      ...(run && { run }),
      ...(content && { content }),
      ignored: all.length - wanted.length,
      internalErrors,
    };
  } finally {
    await source.archive?.close();
  }
}

/** What tells one content of a file from another, however its times were set; `undefined` for a directory. */
async function stateOf(path: string): Promise<string | undefined> {
  const info = await stat(path, { bigint: true }).catch(() => undefined);
  if (info?.isDirectory()) return undefined;
  return info ? [info.dev, info.ino, info.size, info.ctimeNs].join() : 'gone';
}

/** The verdict would be one on what is no longer there, and a run may have had another file than the rules. */
function changed(path: string): MarError {
  return new MarError(`${path} changed while it was checked`, { code: 'ERR_ARCHIVE_CHANGED' });
}

/** Whether a rule tells what the others came across: it is asked when they are done. */
const speaksOfOthers = ({ needs }: Rule): boolean => needs.includes('unseen');

/** Our own runner always; a Python archive also the server whose archiver wrote it. */
export function impliedTargets(manifest: ManifestDocument | undefined): Target[] {
  if (!manifest || manifest.runtime === 'nodejs') return ['local'];
  const torch =
    typeof manifest.value['archiverVersion'] === 'string' || typeof manifest.value['createdOn'] === 'string';
  const ours = Object.keys(objectAt(objectAt(manifest.model, 'extensions'), 'modelArchiver')).length > 0;
  // Only TorchServe has its built-in handlers.
  if (torch && TORCHSERVE_HANDLERS.includes(manifest.handler ?? '')) return ['torchserve'];
  if (torch) return ['local', 'torchserve'];
  return ours ? ['local'] : ['local', 'mms'];
}

function complete(rule: Rule, draft: Draft, wanted: readonly Target[], settings: ValidateSettings): Finding[] {
  const level = settings.levels.get(rule.id);
  const targets: Partial<Record<Target, Severity>> = {};
  for (const target of wanted) {
    const own = severityOn(rule, target);
    if (own === undefined || (draft.targets && !draft.targets.includes(target))) continue;
    const severity = level === undefined || level === 'off' ? own : level;
    targets[target] = settings.strict && severity === 'warning' ? 'error' : severity;
  }
  const severity = SEVERITIES.findLast((candidate) => Object.values(targets).includes(candidate));
  if (severity === undefined) return [];
  const { message, at, found, expected, frame, remedy } = draft;
  return [
    {
      rule: rule.id,
      name: rule.name,
      severity,
      targets,
      message: shorten(message),
      ...(at && { at }),
      ...(found !== undefined && { found: shorten(found) }),
      ...(expected !== undefined && { expected: shorten(expected) }),
      ...(frame !== undefined && { frame }),
      why: rule.why,
      remedy: remedy ?? rule.remedy,
      page: rulePage(rule),
    },
  ];
}

const LOAD_FAILED = 'MAR510';
/** Rules that say why a handler cannot be loaded: no file, a syntax error, nothing to call. */
const HANDLER_CAUSES: readonly string[] = ['MAR301', 'MAR302', 'MAR304', 'MAR305'];

/** One cause is told once: by the rule that shows its place, where there is one. */
function isExplained(outcome: RunOutcome | undefined, findings: readonly Finding[]): boolean {
  const refused = outcome?.loadFailure !== undefined && isManifestFault(outcome.loadFailure.code);
  return findings.some(
    ({ rule, targets }) =>
      targets.local === 'error' && (HANDLER_CAUSES.includes(rule) || (refused && /^MAR2/.test(rule))),
  );
}

function summarize({ loadFailure, cases, contract, seconds, seen }: RunOutcome): RunSummary {
  const passed = cases.filter((one) => one.passed).length;
  const observed = { ...(contract && { contract }), ...(seen && { seen }) };
  return { loaded: loadFailure === undefined, cases: cases.length, passed, seconds, ...observed };
}

/** Adds the lines of the manifest around a finding in it. */
function withFrame(finding: Finding, text: ManifestText | undefined): Finding {
  const { at, frame } = finding;
  if (frame !== undefined || text === undefined || at?.entry !== text.entry || at.line === undefined) return finding;
  return { ...finding, frame: codeFrame(text.json.text, { line: at.line, column: at.column ?? 1 }) };
}

/** Names that an archive brings along may be a megabyte long. */
function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}

function isIgnored(finding: Finding, ignores: readonly Ignore[], used: Set<Ignore>): boolean {
  const matching = ignores.filter(
    (ignore) => ignore.rule.id === finding.rule && (ignore.entry?.test(finding.at?.entry ?? '') ?? true),
  );
  for (const ignore of matching) used.add(ignore);
  return matching.length > 0;
}

function judge(target: Target, findings: readonly Finding[]): Verdict {
  const count = (severity: Severity) => findings.filter((finding) => finding.targets[target] === severity).length;
  const errors = count('error');
  return { target, passed: errors === 0, errors, warnings: count('warning'), notes: count('note') };
}

function internalError(rule: Rule, error: unknown): InternalError {
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    rule: rule.id,
    message: error instanceof Error ? error.message : String(error),
    ...(stack !== undefined && { stack }),
  };
}
