/** Marks a whole number that JSON.parse would round. No JSON text holds it outside of an escape. */
const MARK = '\u0000whole ';

/** Where a text may hold a whole number beyond 2^53: sixteen digits that no fraction goes before. */
const LONG = /(?:^|[[,:\s-])\d{16}/;

/**
 * A JSON text whose whole numbers of sixteen digits and more are bigints: JSON.parse would round them beyond 2^53. Undefined where
 * the text has none, so that what is parsed already is right. Fails as JSON.parse does.
 */
export function parseExactly(text: string): unknown {
  if (!LONG.test(text)) return undefined;
  const marked = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d{16,}$/.test(token) ? JSON.stringify(MARK + token) : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) && /^-?\d+$/.test(value.slice(MARK.length))
      ? BigInt(value.slice(MARK.length))
      : value,
  );
}
