import { looksSecret } from './looks-secret.js';

const PRESET = '@secretlint/secretlint-rule-preset-recommend';

/** A credential in a file. */
export interface Secret {
  readonly path: string;
  /** 1-based; absent when the file as a whole is one. */
  readonly line?: number;
  /** What it looks like, such as `AWS access key`; never the secret itself. */
  readonly kind: string;
}

/** Files that are credentials by their name. */
const SECRET_NAMES: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^\.env(\..+)?$/, 'environment file'],
  [/^id_(rsa|dsa|ecdsa|ed25519)$/, 'SSH private key'],
  [/\.(p12|pfx|jks|keystore|ppk)$/i, 'key store'],
  [/^(\.npmrc|\.pypirc|\.netrc|\.pgpass|\.git-credentials)$/, 'credentials file'],
  [/^(kubeconfig|credentials)$/, 'credentials file'],
];

/** The scanner wants a key of full length; the header alone is enough for us. */
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/;

/** Larger files are data, not configuration; as much text is scanned at once. */
export const TEXT_LIMIT = 1024 * 1024;

/** Text of several files, scanned as one: the scanner's cost is in the call, not in the text. */
interface Batch {
  readonly parts: { path: string; firstLine: number }[];
  text: string;
  lines: number;
}

/** Looks for credentials in files that come one after the other: by name, and in text with secretlint's recommended rules. */
export class SecretSearch {
  readonly #found: Secret[] = [];
  #batch: Batch = { parts: [], text: '', lines: 0 };

  /** True for a file that is a credential by its name: its content does not matter any more. */
  byName(path: string): boolean {
    const named = SECRET_NAMES.find(([pattern]) => pattern.test(path.slice(path.lastIndexOf('/') + 1)));
    if (named) this.#found.push({ path, kind: named[1] });
    return named !== undefined;
  }

  /** Looks at the content of a file of up to {@link TEXT_LIMIT} bytes; what cannot hold a credential costs next to nothing. */
  async content(path: string, bytes: Buffer): Promise<void> {
    if (!looksSecret(bytes)) return;
    const text = bytes.toString('latin1');
    const key = PRIVATE_KEY.exec(text);
    if (key) {
      this.#found.push({ path, line: text.slice(0, key.index).split('\n').length, kind: 'private key' });
      return;
    }
    const batch = this.#batch;
    batch.parts.push({ path, firstLine: batch.lines + 1 });
    batch.text += `${text}\n`;
    batch.lines += text.split('\n').length;
    if (batch.text.length >= TEXT_LIMIT) await this.#scan();
  }

  /** Everything that was found, by path. */
  async all(): Promise<Secret[]> {
    await this.#scan();
    return this.#found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  async #scan(): Promise<void> {
    const { parts, text } = this.#batch;
    this.#batch = { parts: [], text: '', lines: 0 };
    if (text === '') return;
    const { lintSource } = await import('@secretlint/core');
    const { creator } = await import('@secretlint/secretlint-rule-preset-recommend');
    const { messages } = await lintSource({
      source: { filePath: 'entries.txt', content: text, ext: '.txt', contentType: 'text' },
      options: { config: { rules: [{ id: PRESET, rule: creator }] }, noPhysicFilePath: true },
    });
    for (const { loc, ruleId } of messages) {
      const part = parts.findLast(({ firstLine }) => firstLine <= loc.start.line);
      if (part) this.#found.push({ path: part.path, line: loc.start.line - part.firstLine + 1, kind: kindOf(ruleId) });
    }
  }
}

/** `@secretlint/secretlint-rule-aws` is an `aws credential`. */
function kindOf(ruleId: string): string {
  return `${/secretlint-rule-(.+)$/.exec(ruleId)?.[1] ?? ruleId} credential`;
}
