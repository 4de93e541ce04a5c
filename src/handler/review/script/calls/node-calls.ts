import { posix } from 'node:path';
import type { Machine } from '../machine.js';
import { HOME, MODEL, TEMPORARY } from '../module-paths.js';
import { decoded, hidden, joined } from '../values/texts.js';
import {
  argument,
  argumentsTogether,
  from,
  isFrom,
  join,
  originsOf,
  path,
  text,
  textsOf,
  thingsOf,
  union,
} from '../values/value-sets.js';
import type { Arguments, Atom, Origin, Site, Value } from '../values/values.js';
import { NOTHING } from '../values/values.js';
import { callMethod } from './call-expressions.js';
import { callBack } from './callbacks.js';
import { callLanguage } from './language.js';
import { callObjects } from './language-objects.js';
import { isKept, memberOf } from './node-paths.js';
import { sayOfCall, sayOfModule } from './said-of-calls.js';

/** What decodes what it is given. */
const DECODES =
  /^(atob|unescape|decodeURIComponent|decodeURI|zlib\.\w*(Inflate|Unzip|Gunzip|Decompress|inflate|unzip|gunzip|decompress)\w*|crypto\.(createDecipher\w*\(\)\.(update|final)|privateDecrypt|publicDecrypt)|Buffer\(\)\.\w+)$/;
/** What events of it there are comes while the script is imported, or soon. */
const SENDS_EVENTS =
  /^(fs|http|https|http2|net|tls|dns|child_process|zlib|stream|readline|worker_threads|fetch|WebSocket|EventSource)\b.*\(\)/;

/** What a call of something comes to that Node or the language has; undefined where nothing is known of it. */
export function callNode(
  m: Machine,
  called: string,
  self: Value,
  args: Arguments,
  site: Site,
  isNew: boolean,
): Value | undefined {
  // The constructor of whatever is called with a text is that of functions, or does nothing with it.
  const way = called === '?.constructor' && isCode(args.list.at(-1) ?? NOTHING, site) ? 'Function' : called;
  sayOfCall(m, way, args, site);
  const first = argument(args, 0);
  const own = callModules(m, way, args, site) ?? callCode(m, way, args, site) ?? callTexts(m, way, args, site);
  if (own !== undefined) return own;
  const [, method] = /^(?:Array|Function|String|Promise)\.prototype\.(\w+)$/.exec(way) ?? [];
  if (method !== undefined) return callMethod(m, self, [text(method)], args, site);
  const known = callObjects(m, way, args, site, isNew) ?? callLanguage(m, way, args, site);
  if (known !== undefined) return known;
  const all = argumentsTogether(args);
  const origins: Atom[] = [...originsOf(all), ...originsOf(self)];
  const origin = originOf(way);
  if (origin !== undefined) join(origins, [from(origin)]);
  const isLater =
    /^(https?|net|tls|http2)\.create(Secure)?Server$|^process\.(on|once|addListener|prependListener)$/.test(way);
  const isExit = textsOf(first).some((one) =>
    /^(exit|beforeExit|newListener|warning|uncaughtException\w*|unhandledRejection)$/.test(one),
  );
  if (isLater && !isExit) return [path(`${way}()`)];
  if (!SENDS_EVENTS.test(way) && !isExit && !isKept(way) && origin === undefined) return undefined;
  const given = /^fs\./.test(way) ? [NOTHING, origins] : [[path(`${way}()`), ...origins], origins];
  callBack(m, args, site, given);
  return isKept(way) ? union([path(`${way}()`)], origins) : origins;
}

function originOf(way: string): Origin | undefined {
  if (/^fs\.(promises\.)?(read\w*|createReadStream|openAsBlob)(Sync)?$/.test(way) || /^fs\.\w+\(\)\.read\w*$/.test(way))
    return 'file';
  if (
    /^(fetch|https?\.(get|request)|(net|tls)\.\w+|http2\.connect|WebSocket|dns\.\w+|npm:(axios|got|node-fetch|undici|needle|superagent))\b/.test(
      way,
    )
  )
    return 'network';
  if (/^os\.(hostname|userInfo|networkInterfaces|uptime|release|version)$/.test(way)) return 'private';
  return undefined;
}

/** Whether a constructor is called with code: the text of some, or what was decoded where the call names it. */
function isCode(value: Value, { frame: { file }, node }: Site): boolean {
  const callee = file.tree.first(node);
  const isNamed = callee !== undefined && /constructor\W*$/.test(file.tree.ending(callee, 40));
  return textsOf(value).some((one) => /\w\s*[(=.]|\breturn\b/.test(one)) || (isNamed && isFrom(value, 'decoded'));
}

/** What loads modules. */
function callModules(m: Machine, way: string, args: Arguments, site: Site): Value | undefined {
  const first = argument(args, 0);
  switch (way) {
    case 'require':
    case 'import':
    case 'process.getBuiltinModule': {
      sayOfModule(m, first, site);
      const found: Atom[] = [];
      for (const name of textsOf(first)) join(found, m.moduleOf(name, site));
      // Whatever it is: what is called of it tells.
      if (m.isAtImport && site.frame.isCertain && isFrom(first, 'pieced')) join(found, [from('pieced')]);
      return found;
    }
    case 'require.resolve':
    case 'import.meta.resolve':
      return first;
    case 'Module.createRequire':
      return [path('require')];
    case 'process.binding':
    case 'process._linkedBinding':
      return [path(`${way}()`)];
    default:
      return undefined;
  }
}

/** What runs texts. */
function callCode(m: Machine, way: string, args: Arguments, site: Site): Value | undefined {
  const returning = /^=>(.*)$/.exec(way)?.[1];
  if (returning !== undefined) return named(m, returning);
  const isBody = /^(Function|vm\.compileFunction)$/.test(way);
  if (!isBody && !/^(eval|vm\.(runIn\w+|Script|SourceTextModule)|module\._compile)$/.test(way)) return undefined;
  const code = isBody && way === 'Function' ? (args.list.at(-1) ?? args.rest) : argument(args, 0);
  const found: Atom[] = [];
  for (const content of textsOf(code).slice(0, 8)) {
    const [, name] =
      (isBody ? /^\s*return\s+([\w$.]+)\s*;?\s*$/ : /^\s*\(?\s*([\w$.]+)\s*\)?\s*;?\s*$/).exec(content) ?? [];
    if (name !== undefined) join(found, isBody ? [path(`=>${name}`)] : named(m, name));
    else if (!content.includes('\0'))
      join(found, m.runText(isBody ? withParameters(way, args, content) : content, site, isBody));
  }
  return found;
}

/** The text of a function that is made of texts, as an expression. */
function withParameters(way: string, args: Arguments, body: string): string {
  const names =
    way === 'Function'
      ? args.list.slice(0, -1).flatMap((value) => textsOf(value).slice(0, 1))
      : thingsOf(argument(args, 1)).flatMap((list) =>
          list.keys.flatMap((key) => textsOf(list.cell(key).value).slice(0, 1)),
        );
  return `(function (${names.join(',')}) {${body}\n})`;
}

/** What a name comes to that a text consists of. */
function named(m: Machine, words: string): Value {
  const [first = '', ...rest] = words.split('.');
  const root = first === 'this' ? 'globalThis' : first;
  return [path(rest.reduce(memberOf, root)), ...(rest.length === 0 ? m.read(m.global(first)) : NOTHING)];
}

/** What makes texts, and paths of files. */
function callTexts(m: Machine, way: string, args: Arguments, site: Site): Value | undefined {
  const first = argument(args, 0);
  if (DECODES.test(way)) return decodedBy(m, way, first, site);
  switch (way) {
    case 'Buffer.from':
    case 'Buffer':
      return decoded(m, first, argument(args, 1), site);
    case 'Buffer.concat':
      return originsOf(first).length > 0 ? originsOf(first) : NOTHING;
    case 'path.join':
    case 'path.resolve': {
      const all = joined(m, args.list, site, '/');
      const last = args.list.findLastIndex((value) => textsOf(value).some((one) => /^(\/|<)/.test(one)));
      return way === 'path.resolve' && last > 0 ? joined(m, args.list.slice(last), site, '/') : all;
    }
    case 'path.normalize':
    case 'url.fileURLToPath':
    case 'url.pathToFileURL':
    case 'encodeURI':
    case 'String.raw':
    case 'fs.realpathSync':
      return first;
    case 'path.dirname': {
      const found: Atom[] = [...originsOf(first)];
      for (const one of textsOf(first)) join(found, [text(posix.dirname(one))]);
      return found;
    }
    case 'URL': {
      const base = argument(args, 1);
      const found: Atom[] = [...originsOf(first), ...originsOf(base)];
      for (const one of textsOf(first)) {
        const isRelative = !/^([a-z]+:|\/|<)/i.test(one);
        const bases = isRelative ? textsOf(base) : [];
        join(found, bases.length === 0 ? [text(one)] : bases.map((of) => text(`${posix.dirname(of)}/${one}`)));
      }
      return found;
    }
    case 'os.homedir':
      return [text(HOME), from('private')];
    case 'os.tmpdir':
      return [text(TEMPORARY)];
    case 'process.cwd':
      return [text(MODEL)];
    case 'TextDecoder().decode':
    case 'StringDecoder().write':
      return first;
    default:
      return undefined;
  }
}

function decodedBy(m: Machine, way: string, value: Value, site: Site): Value {
  const found: Atom[] = [...originsOf(value)];
  const isUri = /^(decodeURI|unescape)/.test(way);
  // Addresses are decoded everywhere; what hides something has many percent signs, and is written down.
  if (!isUri || textsOf(value).some((one) => (one.match(/%/g)?.length ?? 0) > 4)) join(found, [hidden(m, value, site)]);
  for (const one of textsOf(value)) {
    const plain = way === 'atob' ? Buffer.from(one, 'base64').toString('latin1') : unpercented(one);
    if (plain !== undefined && !way.startsWith('zlib')) join(found, [text(plain)]);
  }
  return found;
}

function unpercented(content: string): string | undefined {
  try {
    return decodeURIComponent(content);
  } catch {
    return undefined;
  }
}
