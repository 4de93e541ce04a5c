import { extname } from 'node:path';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.mp3': 'audio/mpeg',
  '.png': 'image/png',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.txt': 'text/plain',
  '.wav': 'audio/wav',
  '.webp': 'image/webp',
};

/** First bytes of a format, in latin1, and where they begin. */
const BY_MAGIC: readonly (readonly [magic: string, at: number, type: string])[] = [
  ['\x89PNG\r\n', 0, 'image/png'],
  ['\xff\xd8\xff', 0, 'image/jpeg'],
  ['GIF8', 0, 'image/gif'],
  ['WEBP', 8, 'image/webp'],
  ['ftypavif', 4, 'image/avif'],
];

/** The content type of a request body: by the file's extension, else by its first bytes, else `application/octet-stream`. */
export function contentTypeOf(body: Buffer, fileName: string = ''): string {
  const known = BY_EXTENSION[extname(fileName).toLowerCase()];
  if (known !== undefined) return known;
  const head = body.toString('latin1', 0, 16);
  const magic = BY_MAGIC.find(([bytes, at]) => head.startsWith(bytes, at));
  if (magic) return magic[2];
  return /^\s*[[{]/.test(head) && isJson(body) ? 'application/json' : 'application/octet-stream';
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
