import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { MarError } from '#errors.js';
import type { PlannedEntry } from './entry-plan.js';
import { SMALL_FILE, type SmallFiles } from './read-source.js';
import { type SourceFile, unreadable } from './source-file.js';

const PRESET = '@secretlint/secretlint-rule-preset-recommend';

/** A credential in a file that is about to be packed. */
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

/**
 * What every credential has, whoever issued it: an unbroken run of token characters, or a user in front of a host.
 * Text without either needs no scanner.
 */
const SUSPECT = /(?<![\w+/=.~-])[\w+/=.~-]{16}|:\/\/\S+@/;

/** Larger files are data, not configuration; as much text is scanned at once. */
const TEXT_LIMIT = 1024 * 1024;

/** Text of several files, scanned as one: the scanner's cost is in the call, not in the text. */
interface Batch {
  readonly parts: { path: string; firstLine: number }[];
  text: string;
  lines: number;
}

/** Looks for credentials among the entries: by name, and in the text of small files with secretlint's recommended rules. */
export async function findSecrets(entries: readonly PlannedEntry[], smallFiles: SmallFiles): Promise<Secret[]> {
  const found: Secret[] = [];
  let batch: Batch = { parts: [], text: '', lines: 0 };
  for (const entry of entries) {
    if (!('source' in entry)) continue;
    const named = SECRET_NAMES.find(([pattern]) => pattern.test(basename(entry.path)));
    if (named) found.push({ path: entry.path, kind: named[1] });
    const text = named ? '' : readText(entry.source, smallFiles);
    const key = PRIVATE_KEY.exec(text);
    if (key) {
      found.push({ path: entry.path, line: text.slice(0, key.index).split('\n').length, kind: 'private key' });
      continue;
    }
    if (!SUSPECT.test(text)) continue;
    batch.parts.push({ path: entry.path, firstLine: batch.lines + 1 });
    batch.text += `${text}\n`;
    batch.lines += text.split('\n').length;
    if (batch.text.length < TEXT_LIMIT) continue;
    found.push(...(await scan(batch)));
    batch = { parts: [], text: '', lines: 0 };
  }
  return [...found, ...(await scan(batch))];
}

/** Stops the build: `ERR_SECRETS` lists every place. */
export function refuseSecrets(secrets: readonly Secret[]): void {
  if (secrets.length === 0) return;
  const count = secrets.length === 1 ? 'a credential' : `${secrets.length} credentials`;
  throw new MarError(`The model directory holds ${count}, which the archive would give to everybody who gets it.`, {
    code: 'ERR_SECRETS',
    detail: secrets
      .map(({ path, line, kind }) => `  ${path}${line === undefined ? '' : `:${line}`}: ${kind}`)
      .join('\n'),
    hint: 'Remove it, leave the file out with .marignore or --exclude, or pack it all the same with --allow-secrets.',
  });
}

function readText(source: SourceFile, smallFiles: SmallFiles): string {
  if (source.size > TEXT_LIMIT) return '';
  try {
    const content = source.size <= SMALL_FILE ? smallFiles.peek(source) : readFileSync(source.file);
    return content.subarray(0, 8192).includes(0) ? '' : content.toString('latin1');
  } catch (error) {
    throw unreadable(source.path, error);
  }
}

async function scan({ parts, text }: Batch): Promise<Secret[]> {
  if (text === '') return [];
  const { lintSource } = await import('@secretlint/core');
  const { creator } = await import('@secretlint/secretlint-rule-preset-recommend');
  const { messages } = await lintSource({
    source: { filePath: 'entries.txt', content: text, ext: '.txt', contentType: 'text' },
    options: { config: { rules: [{ id: PRESET, rule: creator }] }, noPhysicFilePath: true },
  });
  return messages.flatMap(({ loc, ruleId }) => {
    const part = parts.findLast(({ firstLine }) => firstLine <= loc.start.line);
    return part ? [{ path: part.path, line: loc.start.line - part.firstLine + 1, kind: describe(ruleId) }] : [];
  });
}

/** `@secretlint/secretlint-rule-aws` is an `aws credential`. */
function describe(ruleId: string): string {
  return `${/secretlint-rule-(.+)$/.exec(ruleId)?.[1] ?? ruleId} credential`;
}
