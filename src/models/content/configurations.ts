/**
 * Functions that run commands, load code or destroy files. They are reached through other modules as well, which import theirs:
 * `shutil.os.system`.
 */
const ANYWHERE = [
  '(?:os|posix|nt)[.:](?:system|popen[234]?|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?|startfile|fork|forkpty|killp?g?|remove|unlink|rmdir|removedirs|renames?|replace|l?chmod|l?chown|chroot|link|symlink|truncate|putenv|unsetenv|_exit|abort)',
  'subprocess[.:](?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)',
  'posixsubprocess[.:]fork_exec',
  '(?:builtins|bltns|__builtin__)[.:](?:eval|exec|compile|__import__|breakpoint)',
  'shutil[.:](?:rmtree|move|unpack_archive)',
  'runpy[.:](?:run_path|run_module|_run_\\w+)',
  'pty[.:]spawn',
  '(?:importlib[.:]machinery|frozen_importlib_external)\\.\\w+Loader(?:\\.\\w+)?',
  '(?:pickle|cPickle|dill|cloudpickle|marshal)[.:](?:_?loads|Unpickler)',
  'yaml[.:](?:unsafe_load(?:_all)?|full_load(?:_all)?)',
  'torch[.:]utils\\.(?:cpp_extension\\.load\\w*|collect_env\\.run\\w*)',
  'numpy[.:](?:testing(?:\\._private\\.utils)?\\.(?:runstring|rundocs)|f2py\\.(?:\\w+\\.)?(?:compile|myeval|getlincoef))',
  'pandas[.:](?:eval|core\\.computation\\.eval\\.eval)',
  'numexpr[.:](?:\\w+\\.)?(?:re_)?evaluate',
  'distutils[.:](?:spawn\\.spawn|core\\.run_setup)',
  'ctypes[.:](?:CDLL|PyDLL|cdll\\.LoadLibrary)',
  'multiprocessing[.:]util\\.spawnv_passfds',
  'urllib[.:]request\\.urlretrieve',
  'operator[.:]_?call',
  'asyncio[.:](?:\\w+\\.)?create_subprocess_(?:shell|exec)',
  '(?:builtins|_?io|_pyio|codecs|os|posix)[.:]open',
  '(?:os|posix)[.:](?:makedirs|mkdir|mkfifo|mknod)',
].join('|');
/** The same of modules whose names other modules have as well, so that they have to stand in front. */
const IN_FRONT = [
  'timeit[.:](?:Timer\\.)?(?:timeit|repeat|autorange|main)',
  '(?:cProfile|profile)[.:](?:Profile\\.)?run(?:ctx)?',
  'pdb[.:]run\\w*',
  'bdb[.:]Bdb\\.run\\w*',
  'trace[.:]Trace\\.run\\w*',
  'optparse[.:]Values\\.read_(?:file|module)',
  'typing[.:](?:ForwardRef\\._evaluate|_eval_type)',
  'code[.:](?:interact|InteractiveInterpreter\\.\\w+)',
  'doctest[.:](?:testsource|debug\\w*|run_docstring_examples)',
  'pydoc[.:](?:pipepager|tempfilepager)',
  'imp[.:]load_\\w+',
  'zipimport[.:]\\w+',
  'pip[.:](?:main|_internal\\.\\w+(?:\\.\\w+)*)',
  'pexpect[.:](?:run|runu|spawn)',
  'invoke[.:](?:run|sudo)',
  'commands[.:](?:getoutput|getstatusoutput)',
  'webbrowser[.:](?:open\\w*|get)',
  'pathlib[.:]\\w*Path\\.(?:write_text|write_bytes|unlink|rename|replace|rmdir|symlink_to|hardlink_to|touch|mkdir|open|chmod)',
].join('|');

const RUNS = new RegExp(`\\b_{0,2}(?:${ANYWHERE}|(${IN_FRONT}))(?![\\w-])`, 'g');
const RUNS_WHOLE = new RegExp(`^(?:(?:\\w+\\.)*_{0,2}(?:${ANYWHERE})|${IN_FRONT})(?:\\.__\\w+__)?$`);

/** Whether a name, `os.system`, leads to something that runs commands, loads code or destroys files. */
export const runsCommands = (name: string): boolean => RUNS_WHOLE.test(name);

/** Entries under which libraries look for what they call: Hydra, Lightning, torchtune, `logging.config`, jsonpickle. */
const CALLS = /^(?:_target_|_component_|class_path|\(\)|py\/(?:object|function))$/;
/** Entries that mean it in configurations, and in other files perhaps something else. */
const MAY_CALL =
  /^(?:_?type_?|class|cls|target|factory|callable|func|function|fn|method|implementation|import_path|object|_?call_?|class_name|dotted_path|entry_?point|callback|hook)$/;
const CONFIGURATION =
  /\.(?:ya?ml|toml|ini|cfg|conf|gin|properties)$|(?:^|\/)[^/.]+$|(?:config|settings|logging|hparams|pipeline|params|args|model)[\w.-]*\.json$/i;
/** Functions of Hydra that look up what `path` names. */
const LOOKS_UP = /hydra[\w.]*\.(?:get_(?:method|object|class|static_method)|_locate)\b/;

/** What Python evaluates of the sections of `logging.config.fileConfig`. */
const LOGGING_SECTION = /^\[(?:loggers|handlers|formatters|(?:logger|handler|formatter)_\w+)\]/m;
const EVALUATED =
  /(__(?:import|builtins|globals|subclasses|class|mro|bases?|dict|getattribute|loader|spec)__|\b(?:exec|eval|compile|getattr|globals|vars|locals)\s{0,8}\(|\b_?(?:os|posix|nt|subprocess)\s{0,8}\.\s{0,8}(?!path\b|environ\b|getenv\b|getcwd\b|sep\b|getpid\b|devnull\b|name\b)\w+|\bsys\s{0,8}\.\s{0,8}modules|\blambda\b)/;
/** Code in place of a value: for whoever evaluates values, as some readers of models and resolvers of OmegaConf do. */
const CODE_VALUE =
  /__import__\s{0,8}\(\s{0,8}\\?["'](?:os|posix|nt|subprocess|pty|socket|shutil|importlib|builtins|ctypes|sys|runpy)\b/;
const CODE_VALUE_JSON = new RegExp(`[:,[]\\s{0,32}"\\s{0,32}${CODE_VALUE.source}`);
const CODE_RESOLVED =
  /\$\{[\w.]{1,64}:(?:[^\n}$]|\$\{[^\n}]{0,64}\}|\$(?!\{)){0,200}?\b(?:os\.(?:system|popen)|subprocess\.\w+|exec|eval|open)\s{0,8}\(/;

/**
 * What a configuration has called that runs commands, in the words of a clause behind the name of its file; undefined for nothing. `text`
 * is without escapes.
 */
export function commandsIn(text: string, name: string): string | undefined {
  const found = namedIn(text, name) ?? namedElsewhere(text);
  if (found !== undefined) return `names what runs commands, for whoever makes objects of its entries: ${found}`;
  const isJson = /\.json$/i.test(name);
  const code = isJson ? CODE_VALUE_JSON : /\.txt$|(?:^|\/)[^/.]+$/i.test(name) ? undefined : CODE_VALUE;
  const evaluated =
    (code?.test(text) === true ? '__import__' : undefined) ??
    CODE_RESOLVED.exec(text)?.[0] ??
    (LOGGING_SECTION.test(text) ? EVALUATED.exec(text.replace(/^[ \t]*[#;].*$/gm, ''))?.[1] : undefined);
  return evaluated === undefined ? undefined : `has code among its values, for whoever evaluates them: ${evaluated}`;
}

function namedIn(text: string, name: string): string | undefined {
  const mayCall = CONFIGURATION.test(name);
  const isGin = /\.gin$/i.test(name);
  const looksUp = LOOKS_UP.test(text);
  for (const found of text.matchAll(RUNS)) {
    const [key, value] = entryBefore(text, found.index) ?? [];
    if (key === undefined || value === undefined || (found[1] !== undefined && value !== '')) continue;
    if (key === '@' ? !isGin : !endsThere(text, found.index + found[0].length)) continue;
    if (
      key === '@' ||
      CALLS.test(key) ||
      isAliasOfCall(text, key) ||
      (mayCall && MAY_CALL.test(key)) ||
      (key === 'path' && looksUp)
    )
      return `${value}${found[0]}`;
  }
  return undefined;
}

/** Whether the name of an entry is an alias of YAML for one under which libraries look for what they call. */
function isAliasOfCall(text: string, key: string): boolean {
  if (!key.startsWith('*')) return false;
  const anchor = text.indexOf(`&${key.slice(1)} `);
  return (
    anchor >= 0 && CALLS.test(/^&\S+\s{1,16}["']?([\w()/]{1,64})/.exec(text.slice(anchor, anchor + 200))?.[1] ?? '')
  );
}

/** Whether a value is over: behind it no more of a word, a path or a call. */
function endsThere(text: string, at: number): boolean {
  const next = text.charAt(at);
  if (next === '"' || next === "'") return true;
  return /^(?:\.__|[ \t]{0,32}(?:$|[\r\n,}\];]|#))/.test(text.slice(at, at + 33));
}

const MOST_BEFORE = 200;
/** Letters, digits and what else stands in the names of entries. */
const isOf = (text: string, at: number, others: string): boolean => {
  const code = text.charCodeAt(at) | 32;
  if ((code >= 97 && code <= 122) || (text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57)) return true;
  return at >= 0 && others.includes(text.charAt(at));
};

/** The entry whose value stands at a place, and what stands of the value in front of that; read backwards, since few values are asked for. */
function entryBefore(text: string, place: number): [key: string, value: string] | undefined {
  const first = Math.max(0, place - MOST_BEFORE);
  let at = place;
  while (at > first && isOf(text, at - 1, '_.')) at -= 1;
  const value = text.slice(at, place);
  if (text.charAt(at - 1) === '@') return ['@', value];
  if (text.startsWith('ext://', at - 6)) at -= 6;
  if (isOneOf(text, at - 1, '"\'')) at -= 1;
  // In YAML a tag, an anchor or the sign of a block may stand in between.
  for (let marks = 0; marks < 4; marks += 1) {
    while (at > first && isOneOf(text, at - 1, ' \t\r\n')) at -= 1;
    const end = at;
    while (at > first && !isOneOf(text, at - 1, ' \t\r\n:=')) at -= 1;
    if (end === at || !/^(?:[!&][\w!:.,/<>-]*|[|>][-+\d]{0,2})$/.test(text.slice(at, end))) {
      at = end;
      break;
    }
  }
  if (!isOneOf(text, at - 1, ':=')) return undefined;
  at -= 1;
  while (at > first && isOneOf(text, at - 1, ' \t\r\n')) at -= 1;
  if (isOneOf(text, at - 1, '"\'')) at -= 1;
  const end = at;
  while (at > first && isOf(text, at - 1, '_()/@-')) at -= 1;
  if (text.charAt(at - 1) === '*') at -= 1;
  return [text.slice(at, end), value];
}

const isOneOf = (text: string, at: number, chars: string): boolean => at >= 0 && chars.includes(text.charAt(at));

/** An alias of YAML, or a text with interpolations of OmegaConf, in place of what is called. */
const ELSEWHERE =
  /(?:_target_|_component_|class_path|\(\)|\btarget|\btype)["']?\s{0,16}:\s{0,16}["']?(?:\*([\w-]{1,64})|((?:[\w.]{0,64}\$\{[^\n{}]{1,128}\}){1,4}[\w.]{0,64}))/g;

/** Whether what is called stands elsewhere in a text, perhaps in another piece of it. */
export const callsElsewhere = (text: string): boolean =>
  /(?:_target_|_component_|class_path|\(\))["']?\s{0,16}:\s{0,16}["']?(?:\*\w|[\w.]{0,64}\$\{)/.test(text);

/** So many are followed, with so many values of each name. */
const MOST_ELSEWHERE = 64;
const MOST_VALUES = 8;

function namedElsewhere(text: string): string | undefined {
  let values: ReadonlyMap<string, readonly string[]> | undefined;
  let count = 0;
  for (const [, alias, parts] of text.matchAll(ELSEWHERE)) {
    if (count++ > MOST_ELSEWHERE) break;
    values ??= valuesIn(text);
    const found = (alias === undefined ? composed(parts ?? '', values) : (values.get(`&${alias}`) ?? [])).find(
      runsCommands,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The plain values of a configuration by the last name of their entries, and by their anchors. */
function valuesIn(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (key: string, value: string): void => {
    const values = found.get(key);
    if (values === undefined) found.set(key, [value]);
    else if (values.length < MOST_VALUES) values.push(value);
  };
  for (const [, key = '', value = ''] of text.matchAll(
    /([\w-]{1,64})["']?[ \t]{0,16}:(?=\s{0,16}(?:&[\w-]{1,64}\s{1,16})?["']?([\w.]{1,64}))/g,
  ))
    add(key, value);
  for (const [anchor, value = ''] of text.matchAll(/&[\w-]{1,64}(?=\s{1,16}["']?([\w.:]{1,64}))/g)) add(anchor, value);
  return found;
}

/** What a text with interpolations may come to. */
function composed(text: string, values: ReadonlyMap<string, readonly string[]>): string[] {
  let found = [''];
  for (const part of text.split(/(\$\{[^{}]*\})/)) {
    const inner = /^\$\{(.*)\}$/.exec(part)?.[1];
    const options = inner === undefined ? [part] : optionsOf(inner, values);
    found = found.flatMap((before) => options.map((option) => before + option)).slice(0, MOST_ELSEWHERE);
  }
  return found;
}

function optionsOf(inner: string, values: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const [, resolver, rest = ''] = /^([\w.]+):(.*)$/.exec(inner) ?? [];
  const [key = '', otherwise] = (resolver === undefined ? inner : rest).split(',');
  const known = values.get(/([\w-]+)\]?\s*$/.exec(key)?.[1] ?? '') ?? [];
  const last = otherwise?.trim().replace(/^["']|["']$/g, '');
  return last === undefined ? known : [...known, last];
}
