import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MarError, messageOf } from '#errors/mar-error.js';

export interface DownloadOptions {
  /** Bytes. */
  readonly maxSize: number;
  /** A URL, and every URL it redirects to, must match one of these from start to end; none given = all are fine. */
  readonly allowedUrls: readonly RegExp[];
  /** ETag of the copy at hand: the server may answer that nothing changed. */
  readonly etag?: string | undefined;
  /** Milliseconds without a byte after which the download fails. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** `unchanged` answers the given ETag, nothing was written then. */
export type Download = { readonly unchanged: true } | { readonly unchanged: false; readonly etag?: string };

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
  const response = await request(url, options);
  if (response.status === 304) return { unchanged: true };
  if (!response.body) throw failed(url, 'The answer has no body.');
  let received = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes();
      received += chunk.length;
      done(received > options.maxSize ? tooLarge(url, options.maxSize) : null, chunk);
    },
  });
  if (Number(response.headers.get('content-length') ?? 0) > options.maxSize) {
    await response.body.cancel();
    throw tooLarge(url, options.maxSize);
  }
  try {
    await pipeline(Readable.fromWeb(response.body), limit, createWriteStream(path, { flags: 'wx' }), {
      signal: options.signal,
    });
  } catch (error) {
    await rm(path, { force: true });
    throw error instanceof MarError ? error : failed(url, messageOf(error), error);
  }
  const etag = response.headers.get('etag');
  return { unchanged: false, ...(etag === null ? {} : { etag }) };
}

/** Follows redirects itself, so that each hop is held against `allowedUrls`. Returns a 200, or a 304 to the given ETag. */
async function request(url: string, options: DownloadOptions): Promise<Response> {
  let current = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    checkAllowed(current, options.allowedUrls);
    const headers: Record<string, string> = options.etag === undefined ? {} : { 'if-none-match': options.etag };
    const init: RequestInit = { redirect: 'manual', headers, signal: options.signal };
    const response = await fetch(current.href, init).catch((error: unknown) => {
      const cause = error instanceof Error && error.cause ? error.cause : error;
      throw failed(url, `${current.href} was not reached: ${messageOf(cause)}.`, error);
    });
    const { status } = response;
    const location = response.headers.get('location');
    if (status === 200 || (status === 304 && options.etag !== undefined)) return response;
    await response.body?.cancel();
    if (status < 301 || status > 308 || location === null) {
      throw new MarError(`Failed to download model from: ${url}, code: ${status}`, { code: 'ERR_MODEL_DOWNLOAD' });
    }
    if (!URL.canParse(location, current.href)) throw failed(url, `It redirects to "${location}", which is no URL.`);
    current = new URL(location, current);
  }
  throw failed(url, `It redirects more than ${MAX_REDIRECTS} times.`);
}

function checkAllowed(url: URL, allowed: readonly RegExp[]): void {
  const matches = allowed.length === 0 || allowed.some((pattern) => pattern.test(url.href));
  if (matches && /^https?:$/.test(url.protocol)) return;
  throw new MarError(`Given URL ${url.href} does not match any allowed URL(s)`, {
    code: 'ERR_URL_NOT_ALLOWED',
    hint: matches ? 'Only http and https work.' : 'Add it to allowed_urls in the configuration of the server.',
  });
}

function failed(url: string, message: string, cause?: unknown): MarError {
  return new MarError(message, { code: 'ERR_MODEL_DOWNLOAD', subject: url, cause });
}

function tooLarge(url: string, limit: number): MarError {
  return new MarError(`The archive is larger than ${limit} bytes.`, {
    code: 'ERR_MODEL_DOWNLOAD_SIZE',
    subject: url,
    hint: 'Raise max_download_size.',
  });
}
