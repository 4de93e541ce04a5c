import { createHash } from 'node:crypto';
import type { Finding, Severity, ValidationReport } from '#check/finding.js';
import { printableReport } from './words.js';

/** What SARIF needs to know of a rule. */
export interface RuleInfo {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly why: string;
  readonly remedy: string;
}

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'note' };

/** SARIF 2.1.0: one run; an entry is an artifact nested in its archive; fingerprints do not depend on lines or folders. */
export function sarifReport(given: ValidationReport, rules: readonly RuleInfo[]): string {
  const report = printableReport(given);
  const artifacts = new Artifacts();
  const index = new Map(rules.map((rule, position) => [rule.id, position]));
  const results = report.archives.flatMap(({ path, findings }) =>
    findings.map((finding) => ({
      ruleId: finding.rule,
      ruleIndex: index.get(finding.rule) ?? -1,
      level: LEVELS[finding.severity],
      message: { text: plain(finding.message) },
      locations: [location(path, finding, artifacts)],
      partialFingerprints: { 'marFinding/v1': fingerprint(path, finding) },
      properties: { targets: finding.targets, remedy: finding.remedy },
    })),
  );
  const notification = (path: string, id: string, message: string) => ({
    level: 'error',
    message: { text: plain(message) },
    descriptor: { id },
    locations: [{ physicalLocation: { artifactLocation: artifacts.archive(path) } }],
  });
  const notifications = [
    ...report.failures.map(({ path, message, code }) => notification(path, code, message)),
    ...report.archives.flatMap(({ path, internalErrors }) =>
      internalErrors.map(({ rule, message }) => notification(path, rule, `could not be checked: ${message}`)),
    ),
  ];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'mar validate',
            semanticVersion: report.version,
            informationUri: 'https://www.npmjs.com/package/model-archiver',
            rules: rules.map(descriptor),
          },
        },
        invocations: [{ executionSuccessful: notifications.length === 0, toolExecutionNotifications: notifications }],
        artifacts: artifacts.list,
        results,
        columnKind: 'utf16CodeUnits',
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function descriptor({ id, name, summary, why, remedy }: RuleInfo) {
  return {
    id,
    name,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: remedy, markdown: `${why}\n\n**How to fix it:** ${remedy}` },
  };
}

function location(path: string, { at }: Finding, artifacts: Artifacts) {
  const logical = at?.pointer
    ? { logicalLocations: [{ fullyQualifiedName: `${at.entry ?? ''}#${at.pointer}`, kind: 'member' }] }
    : {};
  if (at?.entry === undefined) return { physicalLocation: { artifactLocation: artifacts.archive(path) } };
  const region =
    at.line === undefined
      ? {}
      : { region: { startLine: at.line, ...(at.column !== undefined && { startColumn: at.column }) } };
  return { physicalLocation: { artifactLocation: artifacts.entry(path, at.entry), ...region }, ...logical };
}

/** Stable while the fault is the same: numbers, lines and the archive's folder do not count. */
function fingerprint(path: string, { rule, at, message }: Finding): string {
  const parts = [rule, path.split(/[\\/]/).at(-1), at?.entry, at?.pointer, message.replace(/\d+/g, '#')];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}

class Artifacts {
  readonly list: { location: { uri: string }; parentIndex?: number }[] = [];
  readonly #known = new Map<string, number>();

  archive(path: string) {
    const uri = toUri(path.replaceAll('\\', '/'));
    return { uri, index: this.#index(uri, () => ({ location: { uri } })) };
  }

  entry(path: string, entry: string) {
    const parent = this.archive(path);
    const uri = toUri(entry);
    return {
      uri,
      index: this.#index(`${parent.uri}\0${uri}`, () => ({ location: { uri }, parentIndex: parent.index })),
    };
  }

  #index(key: string, make: () => (typeof this.list)[number]): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.list.push(made);
    this.#known.set(key, this.list.length - 1);
    return this.list.length - 1;
  }
}

/** A message in which nothing is a link or a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6). */
function plain(text: string): string {
  return text.replaceAll(/\[(?=[^\]]*\]\()/g, '\\[').replaceAll(/\{(?=\d+\})/g, '{{');
}

/** A relative reference, or a file URI for an absolute path. */
function toUri(path: string): string {
  const encoded = path
    .split('/')
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')))
    .join('/');
  if (path.startsWith('/')) return `file://${encoded}`;
  return /^[A-Za-z]:/.test(path) ? `file:///${path.slice(0, 2)}${encoded.slice(4)}` : encoded;
}
