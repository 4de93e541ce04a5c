import { constants, unzipSync } from 'node:zlib';
import { isObject } from '#json-object.js';
import { glance } from '../pickle/glance.js';
import { judge } from '../pickle/judge.js';
import { nameOf } from '../pickle/uses.js';
import type { ByteSource } from '../pickle/window.js';
import { chunksOf, readFully } from './bytes.js';

/** Says what something in a file runs: a clause behind the file's name. */
type Say = (message: string) => void;

/** Texts that are parsed as a whole; larger ones are data. */
const TEXT_LIMIT = 16 * 1024 * 1024;
/** The header of a GGUF with its vocabulary. */
const GGUF_LIMIT = 64 * 1024 * 1024;

/** Names of files that may carry code without being a pickle: configurations with layers, templates of chats, graphs of TensorFlow, TorchScript. */
export const CODE_NAME =
  /(\.(jinja2?|j2|pb|pbtxt|ya?ml|b64|txt|cfg|conf|ini)|(^|\/)[^/.]+|(^|\/)[^/]*\.json|(^|\/)[\w.-]*(config|model|template|architecture|arch|keras|tokenizer)[\w.-]*\.json|\/code\/.*\.py)$/i;

/** Texts that may be YAML, whatever they are called. */
const PLAIN = /\.(txt|b64|ya?ml|cfg|conf|ini)$|(^|\/)[^/.]+$/i;

/** What a file with such a name carries, from its text or its bytes. */
export async function readCodes(source: ByteSource, name: string, say: Say): Promise<void> {
  if (/\.pb(txt)?$/i.test(name)) return search(source, GRAPH_CODE, say, graphCode);
  const text = (await readFully(source, TEXT_LIMIT)).toString('utf8');
  hiddenPickles(text, say);
  if (PLAIN.test(name)) return yamlCodes(text, say);
  if (/\.json$/i.test(name)) return jsonCodes(text, say);
  if (/\.py$/i.test(name)) return scriptCodes(text, say);
  return templateCodes(text, say);
}

/** HDF5 keeps the configuration of a Keras model as text in an attribute. */
export function hdf5Codes(source: ByteSource, say: Say): Promise<void> {
  return search(source, KERAS_CODE, say, kerasCode);
}

const kerasCode = ([, lambda, module]: RegExpMatchArray): string =>
  lambda === undefined ? `has a layer from the module ${module}` : LAMBDA;

/** TensorFlow Lite runs operations of TensorFlow by their names. */
export function tfliteCodes(source: ByteSource, say: Say): Promise<void> {
  return search(
    source,
    FLEX_OPERATION,
    say,
    ([name]) => `has the operation ${name}, which touches files or runs Python`,
  );
}

/** The templates of chats in the header of a GGUF. */
export async function ggufCodes(source: ByteSource, say: Say): Promise<void> {
  const bytes = await readFully(source, GGUF_LIMIT);
  for (let at = bytes.indexOf(TEMPLATE_KEY); at >= 0; at = bytes.indexOf(TEMPLATE_KEY, at + 1)) {
    let end = at;
    while (/[\w.]/.test(String.fromCharCode(bytes[end] ?? 0))) end += 1;
    if (end + 12 > bytes.length || bytes.readUInt32LE(end) !== 8) continue;
    templateCodes(bytes.toString('utf8', end + 12, end + 12 + Number(bytes.readBigUInt64LE(end + 4))), say);
  }
}

const TEMPLATE_KEY = 'tokenizer.chat_template';
const LAMBDA = 'has a Lambda layer, whose code runs when the model is loaded';
/** In a Lambda layer stands bytecode; a module of a layer is imported. */
const KERAS_CODE =
  /"class_name"\s*:\s*"(Lambda|__lambda__)"|"module"\s*:\s*"(os|sys|posix|nt|subprocess|shutil|importlib|runpy|builtins|pickle|marshal|socket|ctypes|pty|code)[".]/g;
const FILE_OPERATIONS =
  'ReadFile|WriteFile|AppendFile|MatchingFiles|PyFunc|PyFuncStateless|EagerPyFunc|DebugIdentityV3|ImmutableConst|LoadDataset|PrintV2File';
/** The field `op` of a node: its tag and length are in front, as are those of the text form. */
const GRAPH_OPERATION = `(?:\\x12([\\x04-\\x14])|op\\s*:\\s*")(${FILE_OPERATIONS})(?![A-Za-z0-9])`;
/** Beside a graph Keras keeps its layers as JSON. */
const GRAPH_CODE = new RegExp(`${KERAS_CODE.source}|${GRAPH_OPERATION}`, 'g');
const FLEX_OPERATION = new RegExp(`Flex(?:${FILE_OPERATIONS})(?![A-Za-z0-9])`, 'g');

function graphCode(found: RegExpMatchArray): string | undefined {
  const [, lambda, module, length, name = ''] = found;
  if (lambda !== undefined || module !== undefined) return kerasCode(found);
  if (length !== undefined && length.charCodeAt(0) !== name.length) return undefined;
  return `has the operation ${name}, which touches files or runs Python`;
}

/** Looks for a pattern in all bytes of a source, read as Latin-1. */
async function search(
  source: ByteSource,
  pattern: RegExp,
  say: Say,
  tell: (found: RegExpMatchArray) => string | undefined,
): Promise<void> {
  let before = '';
  for await (const chunk of chunksOf(source)) {
    const text = unescaped(before + chunk.toString('latin1'));
    for (const found of text.matchAll(pattern)) {
      const message = tell(found);
      if (message !== undefined) say(message);
    }
    before = text.slice(-200);
  }
}

/** Tags with which PyYAML calls functions and makes instances, or a directive that gives such tags a shorter name. */
const YAML_CODE =
  /!!python\/(?:object|name|module)\b[^\s]*|tag:yaml\.org,2002:python\/(?!tuple|str|int)|^%TAG\s+\S+\s+tag:yaml\.org,2002:p.*/m;

/** A tag may be written with the escapes of a URI: `!!python%2Fname:os.system`. */
function yamlCode(text: string): string | undefined {
  const plain = text.replace(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return YAML_CODE.exec(plain)?.[0];
}

function yamlCodes(text: string, say: Say): void {
  const found = yamlCode(text);
  if (found !== undefined) say(`has a tag that calls Python: ${found}`);
}

/**
 * Whether a small text with such a name, handed over whole, is worth reading: in most of them nothing stands that `readCodes` looks for,
 * which a search tells at a fraction of what opening and following a file costs.
 */
export function mayCarryCode(text: string, name: string): boolean {
  if (text.search(HIDDEN_PICKLE) >= 0) return true;
  if (PLAIN.test(name)) return yamlCode(text) !== undefined;
  if (!/\.json$/i.test(name)) return true;
  const plain = unescaped(text);
  return JSON_PICKLE.test(plain) || JSON_CODE.test(plain);
}

/** A run of base64 or hexadecimal digits that begins as a pickle does, or as gzip or zlib do. */
const HIDDEN_PICKLE =
  /\b(?:(80(?:0[2-5])[0-9a-fA-F]{20,})|(?:gA[IJMNQRSTUV]|Y(?:2|3|1|19)|KG|H4sI|e(?:A[E-H]|F[4-7]|J[w-z]|N[o-r]))[A-Za-z0-9+/_-]{16,})/g;
const MOST_HIDDEN = 1024 * 1024;

/** What compressed bytes unpack to, or the bytes as they are. */
function inflated(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f && bytes[0] !== 0x78) return bytes;
  try {
    return unzipSync(bytes, { maxOutputLength: MOST_HIDDEN, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return bytes;
  }
}

/** A pickle that is written as base64 or hexadecimal digits in a text. */
function hiddenPickles(text: string, say: Say): void {
  for (const [run, hex] of text.matchAll(HIDDEN_PICKLE)) {
    const bytes =
      hex === undefined ? Buffer.from(run.slice(0, 65_536), 'base64') : Buffer.from(run.slice(0, 65_536), 'hex');
    const found = glance(inflated(bytes), 0, true).find((use) => judge(use) === 'dangerous');
    if (found !== undefined) say(`hides a pickle in its text, which uses ${nameOf(found)}`);
  }
}

/** What jsonpickle calls, whatever the name of the file. */
const JSON_PICKLE = /"py\/(reduce|function|repr|newargsex|newargs)"\s*:/;
/** Members that hold layers or the templates of chats. */
const JSON_CODE = /"(class_name|chat_template)"/;

/** Names in JSON may be written with escapes: `"py\/reduce"`, `"cl\u0061ss_name"`. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|\/)/g, (_, code?: string) =>
    code === undefined ? '/' : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function jsonCodes(text: string, say: Say): void {
  const plain = unescaped(text);
  if (JSON_PICKLE.test(plain)) say('has objects that jsonpickle makes by calling functions');
  if (!JSON_CODE.test(plain)) return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) open.push(...next);
    if (!isObject(next)) continue;
    const template = next['chat_template'];
    for (const one of Array.isArray(template) ? template : [template]) {
      const words: unknown = isObject(one) ? one['template'] : one;
      if (typeof words === 'string') templateCodes(words, say);
    }
    layerCodes(next, say);
    for (const part of Object.values(next)) if (typeof part === 'object' && part !== null) open.push(part);
  }
}

/** Modules of Keras's own layers; others are imported for the sake of their classes. */
const OWN_MODULE =
  /^(keras|tf_keras|tensorflow|keras_nlp|keras_cv|keras_hub|tensorflow_probability|tensorflow_addons)(\.|$)/;
/** What those modules have, too, that no layer is. */
const NO_LAYER =
  /^(get_file|load_model|model_from_\w+|enable_unsafe_deserialization|deserialize\w*|eval|exec|compile|open|__import__|getattr|input|breakpoint|system|popen)$/;

function layerCodes(object: Readonly<Record<string, unknown>>, say: Say): void {
  const { class_name: name, module, config } = object;
  if (name === 'Lambda' || name === '__lambda__') say(LAMBDA);
  if (typeof name !== 'string') return;
  const called = name === 'function' && typeof config === 'string' ? config : name;
  if (
    typeof module === 'string' &&
    module !== '' &&
    !OWN_MODULE.test(module) &&
    !(module === 'builtins' && called !== name)
  )
    say(`has a layer from the module ${module}, which is imported when the model is loaded`);
  if (NO_LAYER.test(called)) say(`names the function ${called} in place of a layer`);
}

/** What a template reaches only to leave its sandbox. */
const ESCAPE =
  /(?:\.\s*|\[\s*['"])__\w+__|\|\s*attr\s*\(|\\x5f\\x5f|\b(?:popen|system|getattr|subprocess|importlib)\s*\(|\{%-?\s*(?:include|import|from|extends)\b/;

function templateCodes(text: string, say: Say): void {
  const found = ESCAPE.exec(text)?.[0];
  if (found !== undefined) say(`has a template that reaches for Python's insides: ${found.trim()}`);
}

/** Functions of TorchScript that read and write files. */
function scriptCodes(text: string, say: Say): void {
  const found =
    /\b(torch\.(?:save|load|from_file)|ops\.aten\.(?:save|from_file)|aten::(?:save|from_file)|__import__)\b/.exec(
      text,
    )?.[1];
  if (found !== undefined) say(`calls ${found} in its own code`);
}
