import pc from 'picocolors';
import type { RuleDescription } from '#check/describe-rules.js';
import { formatTextTable } from './table.js';
import { wrap } from './wrap.js';

const GROUPS: Readonly<Record<string, string>> = {
  '1': 'Archive: the container and its entries',
  '2': 'Manifest',
  '3': 'Handler',
  '4': 'Model',
  '5': 'Golden cases and runs',
  '6': 'Device',
};

interface Display {
  readonly color: boolean;
  readonly columns?: number;
}

/** What `mar rules` prints: a table of the rules, or everything about one, in lines that fit the terminal. */
export function rulesReport(rules: readonly RuleDescription[], { color, columns }: Display): string {
  const only = rules.length === 1 ? rules[0] : undefined;
  if (only) return explanation(only, pc.createColors(color), Math.min(98, columns ?? 98));
  const sections = Object.entries(GROUPS).map(([digit, title]) => {
    const own = rules.filter((rule) => rule.id[3] === digit);
    const table = own.map((rule) => [`  ${rule.id}`, rule.name, gravest(rule), rule.summary]);
    return [title, ...formatTextTable(table, columns)].join('\n');
  });
  return `${sections.join('\n\n')}\n\n${rules.length} rules (* depends on the target); \`mar rules ID\` explains one\n`;
}

function explanation(rule: RuleDescription, colors: ReturnType<typeof pc.createColors>, width: number): string {
  const indent = (text: string) => wrap(text, width - 2).map((line) => `  ${line}`);
  return `${[
    colors.bold(`${rule.id} ${rule.name}`),
    ...indent(`${rule.summary}.`),
    '',
    colors.dim('severity'),
    ...indent(severityWords(rule)),
    colors.dim('why it matters'),
    ...indent(rule.why),
    colors.dim('how to fix it'),
    ...indent(rule.remedy),
    colors.dim('fails'),
    ...indent(rule.example.failing),
    colors.dim('passes'),
    ...indent(rule.example.passing),
  ].join('\n')}\n`;
}

/** The gravest severity, with a star where it differs between targets. */
function gravest({ severity }: RuleDescription): string {
  if (typeof severity === 'string') return severity;
  const levels = Object.values(severity);
  return `${['error', 'warning', 'note'].find((level) => levels.some((own) => own === level)) ?? ''}*`;
}

/** `error`, or `error on local, warning on mms and torchserve`. */
function severityWords({ severity }: RuleDescription): string {
  if (typeof severity === 'string') return severity;
  const levels = ['error', 'warning', 'note'].map((level) => {
    const targets = Object.entries(severity).flatMap(([target, own]) => (own === level ? [target] : []));
    return { level, targets: targets.join(', ').replace(/, (\w+)$/, ' and $1') };
  });
  return levels
    .filter(({ targets }) => targets !== '')
    .map(({ level, targets }) => `${level} on ${targets}`)
    .join('; ');
}

/** docs/rules.md: the same words as a page, one heading per rule; links of findings lead there. */
export function rulesPage(rules: readonly RuleDescription[]): string {
  const lines = [
    '# Rules of `mar validate`',
    '',
    'Made by `mar rules --format markdown` from src/check/rules; do not edit. Ids are permanent. `--ignore`, `--severity` and `mar rules` take the id or the name.',
  ];
  for (const [digit, title] of Object.entries(GROUPS)) {
    lines.push('', `## ${title}`);
    for (const rule of rules.filter((candidate) => candidate.id[3] === digit)) {
      lines.push(
        '',
        `### ${rule.id} ${rule.name}`,
        '',
        `${capital(rule.summary)}.`,
        '',
        `**Severity:** ${severityWords(rule)}.`,
      );
      lines.push('', `**Why it matters.** ${rule.why}`, '', `**How to fix it.** ${rule.remedy}`);
      lines.push('', 'Fails:', '', fence(rule.example.failing), '', 'Passes:', '', fence(rule.example.passing));
    }
  }
  return `${lines.join('\n')}\n`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const fence = (text: string): string => `\`\`\`\n${text}\n\`\`\``;
