import type { RemarkKind } from '../../remark.js';
import type { Machine } from '../machine.js';
import { textList } from '../values/lists.js';
import { argument, argumentsTogether, isFrom, originsOf, textsOf, thingsOf } from '../values/value-sets.js';
import type { Arguments, Site, Value } from '../values/values.js';
import { reachOf } from './reach.js';

/** What starts a program, of Node and of packages. */
const STARTS =
  /^child_process\.(exec|execSync|execFile|execFileSync|spawn|spawnSync|fork|\?|ChildProcess\(\)\.spawn)$|^cluster\.fork$|^process\.execve$|^npm:(execa|cross-spawn|nano-spawn|tinyexec|shelljs|zx|node-pty|child-process-promise)(\.(sync|spawn|spawnSync|exec|execSync|execa|execaSync|execaCommand|x|fork|\$))?$/;
/** What runs a text as code. */
const RUNS =
  /^(eval|Function|vm\.(runInThisContext|runInNewContext|runInContext|Script|compileFunction|SourceTextModule)|module\._compile|Module\.wrap)$/;
/** What Node keeps for itself, and what of it starts programs or runs code. */
const INSIDES = /^process\.(binding|_linkedBinding)$/;
const INSIDE = /^(spawn_sync|process_wrap|contextify|js_stream|pipe_wrap|tcp_wrap)$/;
/** Modules for which nobody has an honest reason to hide their names. */
const HIDDEN =
  /^(node:)?(child_process|vm|fs|fs\/promises|net|http|https|http2|tls|dgram|dns|worker_threads|cluster|inspector|module|process|repl)$/;
/** Endings of files that hold data; a script that ends so is one that is not to be looked at. */
const DATA =
  /\.(bin|dat|data|txt|text|png|jpe?g|gif|webp|bmp|ico|md|html?|pkl|pickle|pt|pth|onnx|safetensors|npy|npz|zip|tar|gz|tgz|log|ya?ml|xml|csv|tsv|tmp|bak|so|o|h5|pb|tflite|gguf|lock|ini|cfg|conf|sh|py|pem|key|woff2?|ttf|mp[34]|wav)$/i;

/** Programs that only tell something of the machine, and go on with nothing. */
const ASKS =
  /^\s*((getconf( \w+)*|ldd --version|uname( -[a-z]+)*|(which|where|where\.exe|command -v|type) [\w.-]+|lsb_release( -\w+)*|sw_vers( -\w+)*|node (-v|--version)|sysctl( -n)? [\w.]+|pkg-config( --[\w-]+| [\w.-]+)+|arch|nproc|chcp|echo( [$\w]+)*|true|:)(\s*(2>&1|[12]?>\s?(\/dev\/null|nul)))*\s*([;|&]+\s*|$))+$/i;

/** Says what is to be said of a call of something that Node or the language has. */
export function sayOfCall(m: Machine, way: string, args: Arguments, site: Site): void {
  if (STARTS.test(way)) saysStart(m, way, args, site);
  else if (INSIDES.test(way)) {
    const name = argument(args, 0);
    if (textsOf(name).some((one) => INSIDE.test(one)) || isHidden(name))
      m.say('attack', "reaches for functions through Node's insides", site);
  } else if (RUNS.test(way)) {
    // Of a function, the last that is given is its body.
    saysCode(m, way === 'Function' ? (args.list.at(-1) ?? args.rest) : argument(args, 0), site);
  } else if (way === 'worker_threads.Worker') saysWorker(m, args, site);
  else if (/^inspector\.Session\(\)\.post$/.test(way)) {
    const method = textsOf(argument(args, 0));
    if (
      m.isAtImport &&
      method.some((one) => /^(Runtime\.(evaluate|callFunctionOn|compileScript|runScript)|Debugger\.)/.test(one))
    )
      m.say('attack', 'runs code from elsewhere while it is imported', site);
  } else if (way === 'process.dlopen') m.say('native', 'loads native code: process.dlopen', site);
  else if (m.isAtImport) {
    const reach = reachOf(m, way, args, site);
    if (reach !== undefined)
      m.say(site.frame.isCertain || reach.isCertain ? reach.kind : 'review', reach.message, site);
  }
}

const isHidden = (value: Value): boolean => textsOf(value).length === 0 && isFrom(value, 'decoded');

function saysStart(m: Machine, way: string, args: Arguments, site: Site): void {
  if (!m.isAtImport || (way.endsWith('?') && !site.frame.isCertain && !isComputed(site))) return;
  const name = /\.(\w+)$/.exec(way)?.[1] ?? way.replace(/^npm:|\.\?$/g, '');
  if (asksOnly(m, args, site)) m.say('shell', `asks a program while it is imported: ${name}`, site);
  else if (site.frame.isCertain || isNamed(m, args)) m.say('attack', `runs ${name} while it is imported`, site);
  else m.say('shell', `may run ${name} while it is imported`, site);
}

/** Whether what is started is written down, all of it. */
function isNamed(m: Machine, args: Arguments): boolean {
  const program = argument(args, 0);
  const lists = thingsOf(argument(args, 1)).filter((list) => list.has('0') || m.read(list.rest).length > 0);
  if (lists.some((list) => textList(m, list) === undefined)) return false;
  return textsOf(program).some((one) => !one.includes('\0')) || isFrom(program, 'decoded');
}

/** `child_process[…]`, where it is called. */
function isComputed({ frame, node }: Site): boolean {
  const { tree } = frame.file;
  const callee = tree.first(node);
  return callee !== undefined && tree.name(callee) === 'MemberExpression' && tree.child(callee, '[') !== undefined;
}

/** Whether the program is known to do nothing but tell something, and is the one that the system has. */
function asksOnly(m: Machine, args: Arguments, site: Site): boolean {
  const programs = argument(args, 0);
  const [program, other] = textsOf(programs);
  if (program === undefined || other !== undefined || programs.length > 1) return false;
  const given = thingsOf(argumentsTogether(args));
  const lists = given.filter((list) => list.has('0') || m.read(list.rest).length > 0);
  const words = lists.map((list) => textList(m, list)?.join(' '));
  if (words.includes(undefined)) return false;
  const { tree } = site.frame.file;
  const call = tree.beginning(site.node, 2000);
  if (/\b(cwd|argv0)\b|\bshell\s*:(?!\s*true)/.test(call)) return false;
  const setsPath =
    /\benv\b/.test(call) || given.some((options) => options.has('env'))
      ? /\bPATH\b['"`\]]*\s*[:=](?!=)/
      : /\.PATH\s*\+?=(?!=)|\[\s*['"`]PATH['"`]\s*\]\s*\+?=(?!=)/;
  return !setsPath.test(tree.text) && ASKS.test([program, ...words].join(' '));
}

/** Says what is to be said of a text that is run as code, and looks at it where it is known. */
function saysCode(m: Machine, code: Value, site: Site): void {
  if (isFrom(code, 'decoded'))
    m.say(m.isSole ? kindOfHidden(m, code, site) : 'review', 'runs code that is hidden in data', site);
  else if (
    m.isAtImport &&
    ['file', 'network', 'private'].some((one) =>
      originsOf(code).some((atom) => atom.kind === 'from' && atom.origin === one),
    )
  )
    m.say(site.frame.isCertain ? 'attack' : 'review', 'runs code from elsewhere while it is imported', site);
}

/** What may be any of many things is a guess, where it is not sure that this runs. */
function kindOfHidden(m: Machine, code: Value, { frame }: Site): RemarkKind {
  if (thingsOf(code).length < 3 || (m.isAtImport && frame.isCertain)) return 'attack';
  return m.isAtImport ? 'shell' : 'review';
}

function saysWorker(m: Machine, args: Arguments, site: Site): void {
  const { tree } = site.frame.file;
  const code = argument(args, 0);
  const isText =
    /\beval\b/.test(tree.ending(site.node, 2000)) || thingsOf(argument(args, 1)).some((options) => options.has('eval'));
  if (isText) {
    saysCode(m, code, site);
    for (const one of textsOf(code)) m.runText(one, site, false);
  } else if (textsOf(code).some((one) => /^data:/.test(one))) m.say('attack', 'runs code that is hidden in data', site);
  else for (const one of textsOf(code)) m.moduleOf(one, site);
}

/** In functions that nothing calls so much is guessed that only what the call itself says is sure. */
function isSure(m: Machine, { frame, node }: Site): boolean {
  if (m.isAtImport && frame.isCertain) return true;
  return /\b(atob|fromCharCode|Buffer|join|reverse|concat|replace)\b/.test(frame.file.tree.beginning(node, 2000));
}

/** Says what is to be said of a module that is loaded by a value. */
export function sayOfModule(m: Machine, name: Value, site: Site): void {
  const texts = textsOf(name);
  if (texts.some((one) => /^data:(text|application)\/(javascript|ecmascript)/i.test(one)))
    m.say('attack', 'runs code that is hidden in data', site);
  const isMade = isFrom(name, 'decoded') || isFrom(name, 'pieced');
  if (isHidden(name) || (isMade && texts.some((one) => HIDDEN.test(one))))
    m.say(isSure(m, site) ? 'attack' : 'review', 'loads a module whose name is hidden', site);
  else if (m.isAtImport && isFrom(name, 'pieced') && !texts.some((one) => /^(node:|[.#/@<])|\W/.test(one)))
    m.say('review', 'loads a module whose name is computed while it is imported', site);
  const { text } = site.frame.file.tree;
  if (texts.some((one) => /^(node:)?child_process$/.test(one)) && !/['"`](?:node:)?child_process['"`]/.test(text))
    m.say('shell', 'uses other programs: child_process', site);
  if (!m.isAtImport) return;
  const data = texts.filter((one) => DATA.test(one) && /^(\.|\/|<|file:)/.test(one));
  if (data.some((one) => thingsOf(m.moduleOf(one, site)).length === 0))
    m.say('attack', 'loads a file that is not called a script while it is imported', site);
  if (texts.some((one) => /^https?:/.test(one))) m.say('attack', 'runs code from elsewhere while it is imported', site);
  else if (texts.length === 0 && isFrom(name, 'network'))
    m.say('review', 'loads a module whose name comes from the network', site);
}
