import * as assert from 'uvu/assert';

/** Everything that a name, a message or an exception of an archive could try at once. */
export const POISON =
  'x\u001b[2J\u001b[1;32mPASSED\u009b0m\n::stop-commands::t\n  local       pass  no findings\r::error::e ::add-mask::m ' +
  '##[error]e ##vso[task.complete] \u202egnp.\u2066 `c` **b** _i_ [l](http://evil.example) ![i](http://evil.example/i) ' +
  '<img src=x onerror=alert(1)> &lt; | @evil evil/repo#1 www.evil.example https://evil.example {0} ]]> \u{e0041}\ud800 "q" \'q\' \\';

/** Fields that hold words of ours, which no archive can change. */
const OURS = [
  'severity',
  'target',
  'targets',
  'version',
  'code',
  'level',
  'event',
  'format',
  'change',
  'weights',
  'compression',
  'recorded',
  'rule',
  'name',
];

/** The value with every text of foreign origin poisoned, in turn and then all at once. */
export function poisoned<T>(value: T): T[] {
  const places = foreign(value, []);
  return [...places.map((place) => [place]), places].map((some) => some.reduce(withPoison, structuredClone(value)));
}

function foreign(value: unknown, path: readonly string[]): string[][] {
  if (typeof value === 'string') return OURS.includes(path.at(-1) ?? '') ? [] : [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (OURS.includes(key) ? [] : foreign(item, [...path, key])));
}

function withPoison<T>(value: T, path: readonly string[]): T {
  let holder = value as Record<string, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  holder[path.at(-1) ?? ''] = POISON;
  return value;
}

/** What must hold wherever a text is shown. */
export function assertTame(text: string, what: string): void {
  const bad = /[^\P{Cc}\n\t]|\p{Bidi_Control}|\p{Cs}|[\u{e0000}-\u{e007f}]|##(vso)?\[/iu.exec(text);
  assert.is(
    bad,
    null,
    `${what}: ${JSON.stringify(text.slice(Math.max(0, (bad?.index ?? 0) - 60), (bad?.index ?? 0) + 20))}`,
  );
}

/** … and where a CI system reads lines. */
export function assertNoCommand(text: string, what: string): void {
  assertTame(text, what);
  const command = text.split('\n').find((line) => line.trimStart().startsWith('::'));
  assert.is(command, undefined, `${what}: ${command}`);
}
