/** What a template reaches only to leave its sandbox. */
const ESCAPE =
  /(?:\.\s{0,32}|\[\s{0,32}['"])__\w+__|\|\s{0,32}attr\s{0,32}\(|\\x5f\\x5f|\b(?:popen|system|getattr|subprocess|importlib)\s{0,32}\(|\{%-?\s{0,32}(?:include|import|from|extends)\b/;

/** What the text of a template for chats runs, said as a clause behind the file's name. */
export function templateCodes(text: string, say: (message: string) => void): void {
  const found = ESCAPE.exec(text)?.[0];
  if (found !== undefined) say(`has a template that reaches for Python's insides: ${found.trim()}`);
}
