/** What a template reaches only to leave its sandbox. */
const ESCAPE =
  /(?:\.\s{0,32}|\[\s{0,32}['"])__\w+__|\|\s{0,32}attr\s{0,32}\(|\\x5f\\x5f|\{%-?\s{0,32}(?:include|import|from|extends)\b/;
/** The same of them that no text has by chance, where it stands in a tag. */
const INSIDE_TAG =
  /\{[{%][^{}]{0,2000}?(?:(?:\.\s{0,32}|\[\s{0,32}\\?['"])__\w+__|\|\s{0,32}attr\s{0,32}\(|\\x5f\\x5f)/;
/** The same by the name of a function, which means nothing in the text between the tags. */
const CALL = /\b(?:popen|system|getattr|subprocess|importlib)\s{0,32}\(/;
/** A tag with what stands in it up to its end, as far as texts in it do not have one. */
const TAG = /\{[{%][\s\S]*?[}%]\}/g;

/** What the text of a template for chats runs, said as a clause behind the file's name. */
export function templateCodes(text: string, say: (message: string) => void): void {
  const found = ESCAPE.exec(text)?.[0] ?? (CALL.test(text) ? callIn(text) : undefined);
  if (found !== undefined) say(`has a template that reaches for Python's insides: ${found.trim()}`);
}

/** A call that stands in a tag, or between two of them where a text in the first one may have had its end. */
function callIn(text: string): string | undefined {
  const tags = text.match(TAG) ?? [];
  const isCut = tags.some((tag) => [`"`, `'`].some((quote) => tag.split(quote).length % 2 === 0));
  return CALL.exec(isCut ? text : tags.join('\n'))?.[0];
}

/** What a text reaches for that may be a template for anything, or none; undefined where that is nothing. */
export function reachesOut(text: string): string | undefined {
  const found = INSIDE_TAG.exec(text)?.[0];
  return found === undefined ? undefined : (ESCAPE.exec(found)?.[0] ?? found).trim();
}
