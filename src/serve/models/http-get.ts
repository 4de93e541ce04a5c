import { once } from 'node:events';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { MarError } from '#errors/mar-error.js';
import { publicSource } from '#public-source.js';
import { proxyFor } from './proxy.js';

export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** An answer, and the proxy that brought it, without its password. */
export interface Got {
  readonly response: IncomingMessage;
  readonly proxy?: string;
}

/**
 * Asks for a URL, without following redirects. A user and password in it become basic authentication. The variables
 * `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in small or capital letters, are obeyed as by curl.
 * Throws `ERR_MODEL_DOWNLOAD` with what kept the host, or its proxy, from being reached.
 */
export async function httpGet(url: URL, { headers, signal }: GetOptions): Promise<Got> {
  checkLogin(url);
  const proxy = await proxyFor(url);
  // Loaded when it is needed: TLS takes half a megabyte of a server that fetches nothing.
  const get = url.protocol === 'https:' ? (await import('node:https')).get : getPlain;
  const request = get(url, { headers, signal, ...(proxy && { agent: proxy.agent }) });
  try {
    const [response]: IncomingMessage[] = await once(request, 'response');
    if (response === undefined) throw new Error('nothing was answered');
    return { response, ...(proxy && { proxy: proxy.shown }) };
  } catch (cause) {
    const through = proxy ? `, through the proxy ${proxy.shown}` : '';
    throw new MarError(`${publicSource(url.href)} was not reached${through}: ${reason(cause)}.`, {
      code: 'ERR_MODEL_DOWNLOAD',
      subject: publicSource(url.href),
      ...(proxy && { hint: 'The proxy comes from the environment; no_proxy names hosts that are asked directly.' }),
    });
  }
}

/** Node decodes user and password before it asks, and throws without a name for what it cannot decode. */
function checkLogin({ href, username, password }: URL): void {
  try {
    decodeURIComponent(username + password);
  } catch {
    throw new MarError(`The user or password in ${publicSource(href)} is not percent-encoded.`, {
      code: 'ERR_MODEL_DOWNLOAD',
      subject: publicSource(href),
      hint: "Write '%' as %25, '/' as %2F and '@' as %40, or put the login into a netrc.",
    });
  }
}

/** An attempt at several addresses fails with all their reasons, and no sentence of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join(', ');
  return error instanceof Error ? error.message : String(error);
}
