import type { Finding } from '#check/finding.js';

/** The findings of one archive that say the same: one rule, equally grave on the same targets. */
export interface Group {
  /** The first of them, for what all share: rule, name, severity, targets, why, page. */
  readonly first: Finding;
  readonly findings: readonly Finding[];
  /** What to do, where that is the same for all. */
  readonly remedy: string | undefined;
}

/** Findings by rule, in the order in which the rules first appear. */
export function groupFindings(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, { first: Finding; findings: Finding[] }>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.severity, Object.entries(finding.targets).sort()]);
    const group = groups.get(key);
    if (group) group.findings.push(finding);
    else groups.set(key, { first: finding, findings: [finding] });
  }
  return [...groups.values()].map((group) => {
    const same = group.findings.every(({ remedy }) => remedy === group.first.remedy);
    return { ...group, remedy: same ? group.first.remedy : undefined };
  });
}
