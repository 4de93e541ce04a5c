import { readFileSync } from 'node:fs';
import { plainBytes } from '#archive/writing/content.js';
import type { FileEntry, PlannedEntry } from '#archive/writing/planned-entry.js';
import { readSmallFile, SMALL_FILE } from '#archive/writing/small-file.js';
import { type SourceFile, unreadableFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import type { PackWarning } from '../result.js';
import { looksSecret } from './looks-secret.js';

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

/** Larger files are data, not configuration; as much text is scanned at once. */
const TEXT_LIMIT = 1024 * 1024;

/** Text of several files, scanned as one: the scanner's cost is in the call, not in the text. */
interface Batch {
  readonly parts: { path: string; firstLine: number }[];
  text: string;
  lines: number;
}

/**
 * Looks for credentials among the entries and the files inside a compiled handler: by name, and in the text of small files
 * with secretlint's recommended rules.
 */
export async function findSecrets(plan: readonly PlannedEntry[], bundled: readonly FileEntry[]): Promise<Secret[]> {
  const found: Secret[] = [];
  let batch: Batch = { parts: [], text: '', lines: 0 };
  for (const { path, source } of filesOf(plan, bundled)) {
    const named = SECRET_NAMES.find(([pattern]) => pattern.test(path.slice(path.lastIndexOf('/') + 1)));
    if (named) {
      found.push({ path, kind: named[1] });
      continue;
    }
    const text = suspectText(source);
    if (text === undefined) continue;
    const key = PRIVATE_KEY.exec(text);
    if (key) {
      found.push({ path, line: text.slice(0, key.index).split('\n').length, kind: 'private key' });
      continue;
    }
    batch.parts.push({ path, firstLine: batch.lines + 1 });
    batch.text += `${text}\n`;
    batch.lines += text.split('\n').length;
    if (batch.text.length < TEXT_LIMIT) continue;
    found.push(...(await scan(batch)));
    batch = { parts: [], text: '', lines: 0 };
  }
  found.push(...(await scan(batch)));
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Every file whose content will be in the archive, once. */
function filesOf(plan: readonly PlannedEntry[], bundled: readonly FileEntry[]): FileEntry[] {
  const packed = plan.filter((entry) => 'source' in entry);
  const inside = new Map(bundled.map((entry) => [entry.source.file, entry]));
  if (inside.size > 0) for (const { source } of packed) inside.delete(source.file);
  return [...inside.values(), ...packed];
}

/** Stops the build: `ERR_SECRETS` lists every place. */
export function refuseSecrets(secrets: readonly Secret[]): void {
  if (secrets.length === 0) return;
  const count = secrets.length === 1 ? 'a credential' : `${secrets.length} credentials`;
  throw new MarError(`The model directory holds ${count}, which everyone who gets the archive would have.`, {
    code: 'ERR_SECRETS',
    detail: secrets.map((secret) => `  ${describe(secret)}`).join('\n'),
    hint: `Remove ${secrets.length === 1 ? 'it' : 'them'}, leave the file out with .marignore or --exclude, or pack it all the same with --allow-secrets.`,
  });
}

/** What `--allow-secrets` lets through is said all the same. */
export function secretWarnings(secrets: readonly Secret[]): PackWarning[] {
  return secrets.map((secret) => ({ code: 'credential-packed', message: `${describe(secret)} is packed.` }));
}

function describe({ path, line, kind }: Secret): string {
  return `${path}${line === undefined ? '' : `:${line}`}: ${kind}`;
}

/** The text of a file that may hold a credential. */
function suspectText(source: SourceFile): string | undefined {
  if (!source.suspect || source.size > TEXT_LIMIT) return undefined;
  const bytes = contentBytes(source);
  return looksSecret(bytes) ? bytes.toString('latin1') : undefined;
}

function contentBytes(source: SourceFile): Buffer {
  if (source.kept) return plainBytes(source.kept);
  if (source.size <= SMALL_FILE) return readSmallFile(source);
  try {
    return readFileSync(source.file);
  } catch (error) {
    throw unreadableFile(source.path, error);
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
    return part ? [{ path: part.path, line: loc.start.line - part.firstLine + 1, kind: kindOf(ruleId) }] : [];
  });
}

/** `@secretlint/secretlint-rule-aws` is an `aws credential`. */
function kindOf(ruleId: string): string {
  return `${/secretlint-rule-(.+)$/.exec(ruleId)?.[1] ?? ruleId} credential`;
}
