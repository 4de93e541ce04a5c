/** Functions in functions are read as often as they are deep; a text made to exhaust us would be read for hours. */
const MOST_READING = 8;

/**
 * What of a script runs while it is imported: what stands in no braces, in functions that are called at once, and in functions whose
 * names are called from there. By its words, so that a brace in a text may mislead it. All of it, where that would take too long to tell.
 */
export function importedPart(text: string): string {
  const bodies = new Map<string, string>();
  const called = new Set<string>();
  const seen = new Set<string>();
  const parts = [text];
  const open: string[] = [];
  let left = MOST_READING * text.length;
  for (const part of parts) {
    left -= part.length;
    if (left < 0) return text;
    const found: string[] = [];
    const atImport = atOnce(part, (name, body) => {
      if (bodies.size < 10_000) bodies.set(name, body);
      found.push(name);
    }).replace(LATER, '');
    open.push(atImport);
    for (const [, name = ''] of atImport.matchAll(CALLED)) {
      called.add(name);
      found.push(name);
    }
    for (const name of found) {
      const body = called.has(name) && !seen.has(name) ? bodies.get(name) : undefined;
      if (body === undefined) continue;
      seen.add(name);
      parts.push(body);
    }
  }
  return open.join('\n');
}

/** The name of a function where it is called. */
const CALLED = /(?<![.\w$])(?=[\w$])(?<!function\s{0,20}\*?\s{0,20})([\w$]+)\s*\(/g;

/** Arrows without braces, as values and properties: their text runs later. */
const LATER = /[=:]\s*(?:async\s*)?(?:\([^()]*\)|[\w$]+)\s*=>\s*(?!\{|\s)[^;\n]*/g;

const NAMED =
  /(?:function\s*\*?\s*([\w$]+)\s*\([^()]*\)|(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?(?:function\s*\w*\s*)?\([^()]*\)\s*(?:=>)?)\s*$/;
const CALLED_AT_ONCE = /\(\s*(?:async\s*)?(?:function\s*\w*\s*\([^()]*\)|\([^()]*\)\s*=>)\s*$/;
/** A callback in the arrow without braces that a name is bound to, `const handle = (batch) => batch.map(async () => {`: as late as the arrow. */
const IN_ARROW =
  /(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?(?:\([^()]*\)|[\w$]+)\s*=>\s*(?:[\w$.]+\(\s*)+(?:async\s*)?(?:\([^()]*\)|[\w$]+)\s*=>\s*$/;
/** A block that is no function: it runs where it stands. */
const BLOCK = /(?:\b(?:try|else|finally|do|catch(?:\s*\([^()]*\))?)|\b(?:if|for|while|switch)\s*\([^{}]*\)|^|;|\})\s*$/;

/** The text outside functions; those that have a name are handed over. */
function atOnce(text: string, onBody: (name: string, body: string) => void): string {
  let out = '';
  let at = 0;
  for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', at)) {
    const before = text.slice(Math.max(at, start - 200), start);
    out += text.slice(at, start);
    const [, later] = IN_ARROW.exec(before) ?? [];
    const isOpen =
      later === undefined && (CALLED_AT_ONCE.test(before) || BLOCK.test(before) || !/(=>|\))\s*$/.test(before));
    if (isOpen) {
      at = start + 1;
      continue;
    }
    const end = closing(text, start);
    const [, first, second] = NAMED.exec(before) ?? [];
    const name = first ?? second ?? later;
    if (name !== undefined) onBody(name, text.slice(start + 1, end));
    out += '{}';
    at = end + 1;
  }
  return out + text.slice(at);
}

function closing(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b) depth += 1;
    else if (code === 0x7d && --depth === 0) return at;
  }
  return text.length;
}
