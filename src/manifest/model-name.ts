/** Bytes of a name in an address, so that the longest path with it still is one. */
const LONGEST = 2048;

/** A name that every address can say without encoding. */
export const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * Why no address of a real server can say a model's name, as the end of a sentence, or undefined where one can, encoded or not: such a
 * model can neither be asked nor described nor unregistered (recorded: Multi Model Server decodes %2F before it splits the path).
 */
export function unaddressable(name: string): string | undefined {
  return name.includes('/') ? 'has a slash, which divides addresses' : unsayable(name);
}

/** The same for our runner, where `%2F` is part of a name. */
export function unsayable(name: string): string | undefined {
  // Half a surrogate pair.
  if (/\p{Cs}/u.test(name)) return 'is not Unicode text';
  if (/\p{Cc}/u.test(name)) return 'has control characters';
  if (name === '.' || name === '..') return 'means a folder in addresses';
  return encodeURIComponent(name).length > LONGEST ? `is longer than ${LONGEST} bytes in addresses` : undefined;
}
