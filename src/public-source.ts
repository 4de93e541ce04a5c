/** Names of query parameters whose values let their bearer in, as object stores sign their URLs. */
const SECRET = /sig|token|secret|passw|credential|key|auth/i;
const HIDDEN = '***';

/**
 * A source as answers and logs may show it: the user and password of a URL, and the values of query parameters that sign it or
 * carry a key, are replaced by `***`. Anything but a URL comes back as it is.
 */
export function publicSource(source: string): string {
  if (!/^\s*(https?:|[a-z][a-z\d+.-]*:\/\/)/i.test(source)) return source;
  // A password with a bare / or ? makes of the whole no URL: nothing before the last @ is shown then.
  if (!URL.canParse(source)) return source.replace(/^(\s*[a-z][a-z\d+.-]*:\/*).*@/is, `$1${HIDDEN}@`);
  const [address = '', query] = source.split(/\?(.*)/s, 2);
  const shown = address.replace(/^(\s*[a-z][a-z\d+.-]*:\/*)[^/]*@/i, `$1${HIDDEN}@`);
  if (query === undefined) return shown;
  const parameters = query.split('&').map((parameter) => {
    const [name = ''] = parameter.split('=', 1);
    return SECRET.test(name) && parameter.includes('=') ? `${name}=${HIDDEN}` : parameter;
  });
  return `${shown}?${parameters.join('&')}`;
}

/** A text whose addresses are shown in that way. */
export function publicText(text: string): string {
  return text.replace(/[a-z][a-z\d+.-]*:\/\/\S+/gi, publicSource);
}

/** A request target as a log may show it: of a registration, the source that it names is shown as above. */
export function publicTarget(target: string): string {
  const [path = '', query] = target.split(/\?(.*)/s, 2);
  if (query === undefined) return target;
  return `${path}?${query
    .split('&')
    .map((parameter) => {
      const [name = '', value = ''] = parameter.split(/=(.*)/s, 2);
      const source = decoded(value);
      const shown = publicSource(source);
      return shown === source ? parameter : `${name}=${shown}`;
    })
    .join('&')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
