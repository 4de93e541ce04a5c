/**
 * What of a script runs while it is imported: what stands in no braces, in functions that are called at once, and in functions whose
 * names are called from there. By its words, so that a brace in a text may mislead it.
 */
export function importedPart(text: string): string {
  const bodies = new Map<string, string>();
  let open = atOnce(text, bodies).replace(LATER, '');
  const seen = new Set<string>();
  for (let again = true; again; ) {
    again = false;
    for (const [name, body] of bodies)
      if (
        !seen.has(name) &&
        new RegExp(`(?<![.\\w$]|function\\s*\\*?\\s*)${name.replaceAll('$', '\\$')}\\s*\\(`).test(open)
      ) {
        seen.add(name);
        open += `\n${atOnce(body, bodies).replace(LATER, '')}`;
        again = true;
      }
  }
  return open;
}

/** Arrows without braces, as values and properties: their text runs later. */
const LATER = /[=:]\s*(?:async\s*)?(?:\([^()]*\)|[\w$]+)\s*=>\s*(?!\{|\s)[^;\n]*/g;

const NAMED =
  /(?:function\s*\*?\s*([\w$]+)\s*\([^()]*\)|(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?(?:function\s*\w*\s*)?\([^()]*\)\s*(?:=>)?)\s*$/;
const CALLED_AT_ONCE = /\(\s*(?:async\s*)?(?:function\s*\w*\s*\([^()]*\)|\([^()]*\)\s*=>)\s*$/;
/** A block that is no function: it runs where it stands. */
const BLOCK = /(?:\b(?:try|else|finally|do|catch(?:\s*\([^()]*\))?)|\b(?:if|for|while|switch)\s*\([^{}]*\)|^|;|\})\s*$/;

/** The text outside functions; those that have a name are put into `bodies`. */
function atOnce(text: string, bodies: Map<string, string>): string {
  let out = '';
  let at = 0;
  for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', at)) {
    const before = text.slice(Math.max(at, start - 200), start);
    out += text.slice(at, start);
    const isOpen = CALLED_AT_ONCE.test(before) || BLOCK.test(before) || !/(=>|\))\s*$/.test(before);
    if (isOpen) {
      at = start + 1;
      continue;
    }
    const end = closing(text, start);
    const [, first, second] = NAMED.exec(before) ?? [];
    const name = first ?? second;
    if (name !== undefined && bodies.size < 10_000) bodies.set(name, text.slice(start + 1, end));
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
