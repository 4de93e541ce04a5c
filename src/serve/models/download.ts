import { open, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadProgress } from '#archive/watched.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import { publicSource } from '#public-source.js';
import type { SourceHeaders } from '../config/source-headers.js';
import { type Got, httpGet } from './http-get.js';
import { netrcLogin } from './netrc.js';

export interface DownloadOptions {
  /** Bytes. */
  readonly maxSize: number;
  /** A URL, and every URL it redirects to, must match one of these from start to end; none given = all are fine. */
  readonly allowedUrls: readonly RegExp[];
  /** ETag of the copy at hand: the server may answer that nothing changed. */
  readonly etag?: string | undefined;
  /** Where `NETRC` and the home directory are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Headers for some hosts. */
  readonly sourceHeaders?: SourceHeaders | undefined;
  /** Milliseconds without a byte after which the download fails. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  /** Hears the bytes received, where the server says how many there are. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}

/** `unchanged` answers the given ETag, nothing was written then. `proxy` is the one that it came through, without its password. */
export type Download = ({ readonly unchanged: true } | { readonly unchanged: false; readonly etag?: string }) &
  Pick<Got, 'proxy'>;

const MAX_REDIRECTS = 5;

/**
 * Fetches an archive to `path`, which is removed again when anything fails.
 * Throws `ERR_MODEL_DOWNLOAD`, `ERR_MODEL_DOWNLOAD_SIZE`, `ERR_URL_NOT_ALLOWED`, or `ERR_MODEL_NOT_FOUND` for a URL that is none.
 */
export async function downloadModel(url: string, path: string, options: DownloadOptions): Promise<Download> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(failed(url, 'Nothing arrives any more.')), options.idleMs);
  const signal = AbortSignal.any([options.signal, stalled.signal]);
  try {
    return await download(url, path, { ...options, signal }, () => timer.refresh());
  } catch (error) {
    throw stalled.signal.aborted ? stalled.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

async function download(url: string, path: string, options: DownloadOptions, onBytes: () => void): Promise<Download> {
  const { response, ...through } = await request(url, options);
  if (response.statusCode === 304) {
    response.resume();
    return { unchanged: true, ...through };
  }
  const totalBytes = Number(response.headers['content-length'] ?? 0);
  let received = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes();
      received += chunk.length;
      if (totalBytes > 0) options.onProgress?.({ path: publicSource(url), bytes: received, totalBytes });
      done(received > options.maxSize ? tooLarge(url, options.maxSize) : null, chunk);
    },
  });
  if (totalBytes > options.maxSize) {
    response.destroy();
    throw tooLarge(url, options.maxSize);
  }
  try {
    // Opened first: a stream that fails at once would make the file after it was removed.
    const file = await open(path, 'wx');
    await pipeline(response, limit, file.createWriteStream(), { signal: options.signal });
  } catch (error) {
    response.destroy();
    await rm(path, { force: true });
    throw error instanceof MarError ? error : failed(url, messageOf(error), error);
  }
  const { etag } = response.headers;
  return { unchanged: false, ...(etag === undefined ? {} : { etag }), ...through };
}

/**
 * Follows redirects itself, so that each hop is held against `allowedUrls`; passwords and headers go to the host that they were given for
 * and no further. Resolves to a 200, or a 304 to the given ETag.
 */
async function request(url: string, options: DownloadOptions): Promise<Got> {
  let current = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    checkAllowed(current, options.allowedUrls);
    const headers = {
      ...(options.etag !== undefined && { 'if-none-match': options.etag }),
      ...(await credentials(current, options)),
    };
    const got = await httpGet(current, { headers, signal: options.signal });
    const { response } = got;
    const { statusCode: status = 0 } = response;
    const { location } = response.headers;
    if (status === 200 || (status === 304 && options.etag !== undefined)) return got;
    response.destroy();
    if (status < 301 || status > 308 || location === undefined) {
      throw new MarError(`Failed to download model from: ${publicSource(url)}, code: ${status}`, {
        code: 'ERR_MODEL_DOWNLOAD',
        ...(status === 401 && {
          hint: 'Give user and password in the URL, http://USER:PASSWORD@HOST/NAME.mar, in a netrc, or a --source-header.',
        }),
      });
    }
    if (!URL.canParse(location, current.href))
      throw failed(url, `It redirects to "${publicSource(location)}", which is not a URL.`);
    current = withLogin(new URL(location, current), current);
  }
  throw failed(url, `It redirects more than ${MAX_REDIRECTS} times.`);
}

/** The next address; where it is at the same host, which does not repeat the login, with the login of the one before. */
function withLogin(next: URL, before: URL): URL {
  if (next.origin !== before.origin || next.username !== '' || next.password !== '') return next;
  const same = new URL(next);
  same.username = before.username;
  same.password = before.password;
  return same;
}

/** What lets us in at this host: its own headers, else its login of the netrc; what the URL itself says comes before both. */
async function credentials(
  url: URL,
  { env, sourceHeaders }: DownloadOptions,
): Promise<Readonly<Record<string, string>>> {
  const isSaid = url.username !== '' || url.password !== '';
  const own = sourceHeaders?.origins.has(url.origin) ? sourceHeaders.headers : {};
  if (isSaid) return Object.fromEntries(Object.entries(own).filter(([name]) => name !== 'authorization'));
  if (Object.hasOwn(own, 'authorization')) return own;
  const login = await netrcLogin(url.hostname, env);
  return { ...own, ...(login !== undefined && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }) };
}

function checkAllowed(url: URL, allowed: readonly RegExp[]): void {
  // What stands before an @ is not where the request goes.
  const asked = new URL(url);
  asked.username = '';
  asked.password = '';
  const matches = allowed.length === 0 || allowed.some((pattern) => pattern.test(asked.href));
  if (matches && /^https?:$/.test(url.protocol)) return;
  throw new MarError(`Given URL ${publicSource(url.href)} does not match any allowed URL(s)`, {
    code: 'ERR_URL_NOT_ALLOWED',
    hint: matches ? 'Only http and https work.' : 'Add it to allowed_urls in the configuration of the server.',
  });
}

function failed(url: string, message: string, cause?: unknown): MarError {
  return new MarError(message, { code: 'ERR_MODEL_DOWNLOAD', subject: publicSource(url), cause });
}

function tooLarge(url: string, limit: number): MarError {
  return new MarError(`The archive is larger than ${limit} bytes.`, {
    code: 'ERR_MODEL_DOWNLOAD_SIZE',
    subject: publicSource(url),
    hint: 'Raise max_download_size.',
  });
}
