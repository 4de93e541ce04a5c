/** Encodings in which code and lists of requirements look as they are: in others a comment may be something else. */
export const LIKE_ASCII =
  /^(utf[-_]?8(-sig)?|u8|(us[-_]?)?ascii|latin[-_]?1|iso[-_]?8859[-_]?\d+|cp?125\d|windows[-_]125\d|gbk|gb2312|gb18030|big5|euc[-_]\w+|shift[-_]jis|koi8[-_]\w)(-unix|-dos)?$/i;

/** The encoding that one of the first two lines of a list names for pip, where a line of it may then be anything; undefined otherwise. */
export function unreadCoding(bytes: Buffer): string | undefined {
  const lines = bytes.toString('latin1', 0, 65_536).split('\n', 2);
  const coding = lines.map((line) => /^#.*?coding[:=][ \t]*([-\w.]+)/.exec(line)?.[1]).find((one) => one !== undefined);
  return coding === undefined || LIKE_ASCII.test(coding) ? undefined : coding;
}
