import { decodeForm, decodePercent } from '#protocol/form.js';

/** Parameters in order of appearance; a name may occur more than once. */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** What the target of a request says. */
export interface RequestTarget {
  /** Decoded path. */
  readonly path: string;
  /** The path split at `/` and decoded, without the empty ends: `['', 'models', 'x']`, and `[]` for the root; `%2F` is part of a name. */
  readonly segments: readonly string[];
  /** Undecoded query, without `?`. */
  readonly query: string;
}

/**
 * Takes a request target apart the way Multi Model Server does, except that it decodes a path before it divides it: a model named
 * `a/b` could not be asked. Throws `ERR_HTTP_MESSAGE` on a broken escape. */
export function parseTarget(target: string): RequestTarget {
  const end = target.search(/[?#]/);
  const rawPath = end < 0 ? target : target.slice(0, end);
  const query = end < 0 ? '' : (target.slice(end + 1).split('#', 1)[0] ?? '');
  const encoded = rawPath.includes('%');
  const path = encoded ? decodePercent(rawPath) : rawPath;
  const segments = encoded ? rawPath.split('/').map(decodePercent) : path.split('/');
  while (segments.at(-1) === '') segments.pop();
  return { path, segments, query };
}

/** Parses a query string: `&` or `;` between parameters, `+` is a space, a name alone has the value `''`. */
export function parseQuery(query: string): Parameters {
  if (query === '') return [];
  const parameters: [string, string][] = [];
  for (const part of query.split(/[&;]/)) {
    const equals = part.indexOf('=');
    const name = decodeForm(equals < 0 ? part : part.slice(0, equals));
    if (name !== '') parameters.push([name, equals < 0 ? '' : decodeForm(part.slice(equals + 1))]);
  }
  return parameters;
}

/** The first value of a name: a repetition does not count. */
export function firstValue(parameters: Parameters, name: string): string | undefined {
  return parameters.find(([key]) => key === name)?.[1];
}

/** A whole number of 32 bits with an optional sign; anything else is the default, as in Multi Model Server. */
export function integerValue(parameters: Parameters, name: string, fallback: number): number {
  const text = firstValue(parameters, name);
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return fallback;
  const value = Number(text);
  return value >= -(2 ** 31) && value < 2 ** 31 ? value : fallback;
}
