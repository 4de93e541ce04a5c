import { randomUUID } from 'node:crypto';

/** One field of a form. With a content type it is sent as a file, which is what keeps the type, under `filename` or else its own name; without one as a plain field. */
export interface FormField {
  readonly name: string;
  readonly value: Buffer;
  readonly contentType?: string;
  readonly filename?: string;
}

/** The fields as the body of a `multipart/form-data` request, as `curl -F` sends them. */
export function formBody(fields: readonly FormField[]): { readonly body: Buffer; readonly contentType: string } {
  const boundary = `mar-${randomUUID()}`;
  const parts = fields.flatMap(({ name, value, contentType, filename = name }) => {
    const quoted = quote(name);
    const file =
      contentType === undefined
        ? ''
        : `; filename="${quote(filename)}"\r\nContent-Type: ${contentType || 'application/octet-stream'}`;
    return [
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted}"${file}\r\n\r\n`),
      value,
      Buffer.from('\r\n'),
    ];
  });
  return {
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

/** Quotes are escaped; what would end the line of the header is percent-encoded, as browsers do it. */
const quote = (name: string): string =>
  name.replaceAll(/["\\]/g, '\\$&').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
