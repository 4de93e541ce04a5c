/** What a route answers; the listener adds the headers that every answer has. */
export interface Answer {
  /** 200 to 999. */
  readonly status: number;
  /** Reason phrase; Multi Model Server's one for the status when absent or empty. */
  readonly reason?: string;
  /** Empty or absent: plain text where the body is UTF-8, else octets. */
  readonly contentType?: string;
  /** Set by the handler: they win over the content type, never over what the server itself sets. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body: string | Buffer;
  /** Whose answer it is, for the access log. */
  readonly model?: string;
}

/** A JSON document as Multi Model Server writes it: two spaces of indent, HTML characters escaped, a newline at the end. */
export function jsonAnswer(value: unknown, status = 200, reason?: string): Answer {
  return {
    status,
    ...(reason === undefined ? {} : { reason }),
    contentType: 'application/json',
    body: `${escapeHtml(JSON.stringify(value, null, 2))}\n`,
  };
}

/** Gson's HTML-safe JSON: these characters are written as `\u003c` inside strings (they occur nowhere else). */
function escapeHtml(json: string): string {
  return json.replace(
    /[<>&='\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
