import { MarError } from '#errors/mar-error.js';

/** Headers of downloads, and the origins (`https://host:port`) that get them. */
export interface SourceHeaders {
  readonly origins: ReadonlySet<string>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The headers `Name: value` of `--source-header`, for the hosts of these sources alone. Throws `ERR_CONFIG`, without the value, for what is
 * no header, and where no source is a URL.
 */
export function readSourceHeaders(given: readonly string[], sources: readonly string[]): SourceHeaders | undefined {
  if (given.length === 0) return undefined;
  const headers = given.map((header): [string, string] => {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e\x80-\xff]+)$/.exec(header) ?? [];
    if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
    throw new MarError("--source-header is not a header, expected 'Name: value'.", { code: 'ERR_CONFIG' });
  });
  const urls = sources.filter((source) => /^https?:\/\//i.test(source) && URL.canParse(source));
  if (urls.length > 0)
    return { origins: new Set(urls.map((url) => new URL(url).origin)), headers: Object.fromEntries(headers) };
  throw new MarError('--source-header is given, and no source of the start is a URL that could get it.', {
    code: 'ERR_CONFIG',
    hint: 'Name the archive by its URL: the header goes to the hosts of such sources, and to no other.',
  });
}
