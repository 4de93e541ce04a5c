/** One setting of a properties file. */
export interface Property {
  readonly key: string;
  readonly value: string;
  /** 1-based. */
  readonly line: number;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/**
 * Parses Java's `.properties` syntax: `key=value`, `key: value` or `key value`, `#` and `!` comments, a backslash at the end
 * continues the line, `\uXXXX` and `\t \n \r \f` escapes. Later settings of a key win.
 */
export function parseProperties(text: string): Property[] {
  const properties: Property[] = [];
  // A byte order mark is an editor's, not part of the first key.
  // Files are read as Latin-1, as Java does, in which the mark is three letters.
  const lines = text.replace(/^(\ufeff|\xef\xbb\xbf)/, '').split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    let logical = (lines[index] ?? '').trimStart();
    if (logical === '' || logical.startsWith('#') || logical.startsWith('!')) continue;
    while (/(^|[^\\])(\\\\)*\\$/.test(logical) && index + 1 < lines.length) {
      index += 1;
      logical = logical.slice(0, -1) + (lines[index] ?? '').trimStart();
    }
    const match = /^((?:\\.|[^=:\s\\])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(logical);
    properties.push({ key: unescaped(match?.[1] ?? ''), value: unescaped(match?.[2] ?? ''), line });
  }
  return properties;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(u[0-9a-fA-F]{4}|.)/gs, (_whole, escaped: string) =>
    escaped.length === 5 ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16)) : (ESCAPES[escaped] ?? escaped),
  );
}
