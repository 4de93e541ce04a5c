/** Credentials of every issuer are unbroken runs of token characters, at least this long. */
const RUN = 16;

/** 1 for the bytes that tokens are made of. */
const TOKEN = Uint8Array.from({ length: 256 }, (_, byte) => (/[\w+/=.~-]/.test(String.fromCharCode(byte)) ? 1 : 0));
const SPACE = 0x20;
const AT = 0x40;

/**
 * Whether text may hold a credential: what every one of them has is a run of token characters, a user in front of a host,
 * or the header of a private key. Content without any of these needs no scanner; content with a NUL near its beginning is no text.
 */
export function looksSecret(content: Buffer): boolean {
  if (!hasRun(content) && !content.includes('PRIVATE KEY') && !hasUser(content)) return false;
  return !content.subarray(0, 8192).includes(0);
}

/** A run covers one of every `RUN` positions: the others need no look. */
function hasRun(content: Buffer): boolean {
  for (let at = RUN - 1; at < content.length; at += RUN) {
    if (!isToken(content, at)) continue;
    let start = at;
    while (start > at - RUN && isToken(content, start - 1)) start -= 1;
    let end = at + 1;
    while (end < start + RUN && isToken(content, end)) end += 1;
    if (end - start >= RUN) return true;
  }
  return false;
}

/** False beyond both ends. */
function isToken(content: Buffer, at: number): boolean {
  return TOKEN[content[at] ?? 0] === 1;
}

/** `://` and an `@` with no space between them. */
function hasUser(content: Buffer): boolean {
  for (let at = content.indexOf('://'); at !== -1; at = content.indexOf('://', at + 3)) {
    let end = at + 3;
    while ((content[end] ?? SPACE) > SPACE && content[end] !== AT) end += 1;
    if (content[end] === AT) return true;
  }
  return false;
}
