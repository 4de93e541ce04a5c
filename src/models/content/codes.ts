import type { ByteSource } from '../pickle/window.js';
import { type Content, chunksOf, Part, readFully } from './bytes.js';
import { callsElsewhere, commandsIn } from './configurations.js';
import type { Findings } from './findings.js';
import { mayHidePickles, picklesInText } from './hidden-texts.js';
import { JSON_CODE, JSON_PICKLE, jsonCodes, LAMBDA, type Say } from './json-codes.js';
import type { Place } from './place.js';
import { reachesOut, templateCodes } from './templates.js';
import { plainText, textsOf, unescaped } from './texts.js';

/** Texts whose objects are followed; of larger ones that have some it is said that they were not. */
const TEXT_LIMIT = 16 * 1024 * 1024;
/** Bytes that are looked at together, all of which textsOf has in one piece. */
const FOLLOWED_TOGETHER = 1024 * 1024;
/** The header of a GGUF with its vocabulary. */
const GGUF_LIMIT = 64 * 1024 * 1024;

/** Texts that may be YAML, JSON or templates, whatever they are called. */
const PLAIN =
  /\.(txt|b64|ya?ml|cfg|conf|ini|toml|gin|properties|jsonl?|html?|tmpl|tpl|xml|csv|tsv|md|orig|bak|dvc)$|(^|\/)[^/.]+$/i;
/** Names of files that may carry code without being a pickle: configurations with layers, templates of chats, graphs of TensorFlow, TorchScript. */
export const CODE_NAME = new RegExp(`${PLAIN.source}|\\.(jinja2?|j2|pb|pbtxt)$|\\/code\\/.*\\.py$`, 'i');

/** What a file with such a name carries, from its text or its bytes, and what was too much to be followed. */
export async function readCodes(source: ByteSource, place: Place, findings: Findings): Promise<void> {
  const name = place.where || place.name;
  const say = (message: string): void => findings.code(place.where, message);
  const stop = (why: string): void => findings.unproven(place.where, why, true);
  if (/\.pb(txt)?$/i.test(name)) return search(source, GRAPH_CODE, say, graphCode);
  const isJson = /\.json$/i.test(name);
  const kept: string[] = [];
  let length = 0;
  let hasObjects = false;
  let isElsewhere = false;
  const all = keeping(source, (bytes) => {
    length += bytes.length;
    if (isJson && length <= TEXT_LIMIT) kept.push(plainText(bytes));
  });
  for await (const text of textsOf(all)) {
    const plain = textCodes(text, name, say);
    hasObjects ||= isJson && JSON_CODE.test(plain);
    isElsewhere ||= callsElsewhere(plain);
  }
  if (isElsewhere && length > FOLLOWED_TOGETHER)
    stop('it names what it calls in another place, and is longer than is followed');
  if (!hasObjects) return;
  if (length > TEXT_LIMIT) stop('it has layers or templates and is longer than is followed');
  else if (!jsonCodes(kept.join(''), say)) stop('it is nested deeper than any configuration');
}

/** What the search in one piece of a text finds; answers with the text without escapes. */
function textCodes(text: string, name: string, say: Say): string {
  picklesInText(text, say);
  const plain = unescaped(text);
  const commands = commandsIn(plain, name);
  if (commands !== undefined) say(commands);
  if (PLAIN.test(name)) {
    yamlCodes(plain, say);
    const reached = reachesOut(plain);
    if (reached !== undefined) say(`has a template that reaches for Python's insides: ${reached}`);
    if (JSON_PICKLE.test(plain)) say('has objects that jsonpickle makes by calling functions');
  } else if (/\.py$/i.test(name)) scriptCodes(text, say);
  else templateCodes(text, say);
  return plain;
}

/** A source, whose bytes are shown as they are read. */
function keeping(source: ByteSource, show: (bytes: Buffer) => void): ByteSource {
  return {
    async read(wanted) {
      const bytes = await source.read(wanted);
      show(bytes);
      return bytes;
    },
    skip: (count) => source.skip(count),
  };
}

/** The texts in the header of a safetensors file, in which libraries keep their configuration. */
export async function safetensorsCodes(content: Content, say: Say): Promise<void> {
  const source = await content.open();
  try {
    const start = await readFully(source, 8);
    if (start.length < 8) return;
    const header = new Part(source, Number(start.readBigUInt64LE() & 0x7ff_ffffn));
    for await (const text of textsOf(header)) {
      textCodes(text, 'config.json', say);
    }
  } finally {
    await source.close();
  }
}

/** What a text says of the layers of a Keras model. */
export function kerasCodes(text: string, say: Say): void {
  // A module of PyTorch, which stands there as it was saved.
  if (text.includes('TorchModuleWrapper')) picklesInText(text, say);
  for (const found of unescaped(text).matchAll(KERAS_CODE)) say(kerasCode(found));
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

/** Tags with which PyYAML calls functions and makes instances, or a directive that gives such tags, or a part of them, another name. */
const YAML_CODE =
  /![\w-]{0,64}!python\/(?:object|name|module)\b\S{0,100}|tag:yaml\.org,2002:python\/(?!tuple|str|int)|^%TAG\s{1,100}\S{1,100}\s{1,100}t(?!ag:yaml\.org,2002:\s*$)(?:(?:ag?:?)?\s*$|ag:y\S{0,100})/m;

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
export function mayCarryCode(bytes: Buffer, name: string): boolean {
  const text = plainText(bytes);
  if (mayHidePickles(text)) return true;
  const plain = unescaped(text);
  if (commandsIn(plain, name) !== undefined) return true;
  if (!PLAIN.test(name)) return true;
  return (
    reachesOut(plain) !== undefined ||
    yamlCode(plain) !== undefined ||
    JSON_PICKLE.test(plain) ||
    (/\.json$/i.test(name) && JSON_CODE.test(plain))
  );
}

/** Functions of TorchScript that read and write files. */
function scriptCodes(text: string, say: Say): void {
  const found =
    /\b(torch\.(?:save|load|from_file)|ops\.aten\.(?:save|from_file)|aten::(?:save|from_file)|__import__)\b/.exec(
      text,
    )?.[1];
  if (found !== undefined) say(`calls ${found} in its own code`);
}
