import { runsCommands } from './configurations.js';
import { templateCodes } from './templates.js';

/** Says what something in a file runs: a clause behind the file's name. */
export type Say = (message: string) => void;

export const LAMBDA = 'has a Lambda layer, whose code runs when the model is loaded';

/** What jsonpickle calls, whatever the name of the file. */
export const JSON_PICKLE = /"py\/(reduce|function|repr|newargsex|newargs)"\s{0,64}:/;
/** Members that hold layers, the templates of chats, or classes of skops. */
export const JSON_CODE = /"(class_name|chat_template|__module__|module_path)"\s{0,64}:\s{0,64}["[{]/;

/** Nobody nests configurations deeper. */
const DEEPEST = 1000;

/** An object or a list of JSON that is open. */
interface Open {
  readonly isList: boolean;
  /** Whether it belongs to the templates of a chat. */
  readonly inTemplates: boolean;
  key: string;
  isValue: boolean;
  /** Of its members those that say what is loaded. */
  members?: Record<string, string>;
}

/** Members that say which class or function an object stands for. */
const TELLING = new Set(['class_name', 'module', 'config', '__module__', '__class__', 'module_path', 'function']);

/**
 * What layers and templates in a text of JSON run; the text is read as it comes, since its values would take many times its size. False
 * where it is nested deeper than is followed.
 */
export function jsonCodes(text: string, say: Say): boolean {
  const open: Open[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const top = open.at(-1);
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
      case 0x5b: // [
        if (open.length >= DEEPEST) return false;
        open.push({
          isList: text.charAt(at) === '[',
          inTemplates: top !== undefined && (top.key === 'chat_template' || top.inTemplates),
          key: '',
          isValue: false,
        });
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (top?.members !== undefined) objectCodes(top.members, say);
        open.pop();
        break;
      case 0x3a: // :
        if (top !== undefined) top.isValue = true;
        break;
      case 0x2c: // ,
        if (top !== undefined && !top.isList) {
          top.isValue = false;
          top.key = '';
        }
        break;
      case 0x22: {
        const end = endOfString(text, at + 1);
        if (end < 0) return true;
        if (top !== undefined) member(top, text.slice(at + 1, end), say);
        at = end;
      }
    }
  }
  return true;
}

/** The quotation mark behind a string: the first without an odd number of backslashes in front. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (before > from && text.charAt(before - 1) === '\\') before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return -1;
}

/** The text of a string as it is written. */
function textIn(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw;
  }
}

function member(top: Open, raw: string, say: Say): void {
  if (!top.isList && !top.isValue) {
    top.key = raw.length < 256 ? textIn(raw) : '';
    return;
  }
  const isTemplate = top.isList
    ? top.inTemplates
    : top.key === 'chat_template' || (top.inTemplates && top.key === 'template');
  if (isTemplate) templateCodes(textIn(raw), say);
  if (top.isList || !TELLING.has(top.key)) return;
  top.members ??= {};
  top.members[top.key] = textIn(raw);
}

/** Modules of Keras's own layers; others are imported for the sake of their classes. */
const OWN_MODULE =
  /^(keras|tf_keras|tensorflow|keras_nlp|keras_cv|keras_hub|tensorflow_probability|tensorflow_addons)(\.|$)/;
/** What those modules have, too, that no layer is. */
const NO_LAYER =
  /^(get_file|load_model|model_from_\w+|enable_unsafe_deserialization|deserialize\w*|eval|exec|compile|open|__import__|getattr|input|breakpoint|system|popen)$/;

function objectCodes(members: Readonly<Record<string, string>>, say: Say): void {
  const { class_name: name, module, config } = members;
  if (name !== undefined) layerCodes(name, module, config, say);
  for (const named of [
    `${members['__module__']}.${members['__class__']}`,
    `${members['module_path']}.${members['function']}`,
  ])
    if (runsCommands(named)) say(`names what runs commands, for whoever makes objects of its entries: ${named}`);
}

function layerCodes(name: string, module: string | undefined, config: string | undefined, say: Say): void {
  if (name === 'Lambda' || name === '__lambda__') say(LAMBDA);
  const called = name === 'function' && config !== undefined ? config : name;
  if (module !== undefined && module !== '' && !OWN_MODULE.test(module) && !(module === 'builtins' && called !== name))
    say(`has a layer from the module ${module}, which is imported when the model is loaded`);
  if (NO_LAYER.test(called)) say(`names the function ${called} in place of a layer`);
}
