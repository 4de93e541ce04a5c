import type { SyntaxNode } from '@lezer/common';
import { children } from '../python/syntax.js';
import type { PythonBindings } from './python-bindings.js';
import { reachOf } from './python-reach.js';
import {
  CALLED_BY_TABLE,
  DECODERS,
  FROM_ELSEWHERE,
  LOADERS,
  MODULES_OF_SHELLS,
  REQUEST,
  RUNNERS,
  SHELL_CODE,
  SHELL_FUNCTION,
  SHELL_MODULE,
  TRUSTS,
} from './python-suspects.js';
import type { RemarkKind } from './remark.js';

/** A call, and how it is to be seen. */
export interface Call {
  readonly node: SyntaxNode;
  /** What is called: as it is known, and as it is written but for the names of imports. */
  readonly path: string;
  readonly written: string;
  /** It stands in no function. */
  readonly isAtImport: boolean;
  /** It happens while the source is imported. */
  readonly runs: boolean;
  readonly bindings: PythonBindings;
  /** The path of a name as it is written, but for the names of imports. */
  readonly pathOf: (node: SyntaxNode) => string;
}

/** What is to be said of a call. `isCertain`: no package has an honest use for it either. */
export interface Said {
  readonly kind: RemarkKind;
  readonly message: string;
  readonly node: SyntaxNode;
  readonly isCertain: boolean;
}

/** Everything that a reviewer must see in a call, the name of what is called apart. */
export function remarksOfCall(call: Call): Said[] {
  const { node, path, written, isAtImport, runs, bindings } = call;
  const list = node.getChild('ArgList');
  if (list === null) return [];
  const said: Said[] = [];
  const attack = (message: string, isCertain = false, at = node) =>
    said.push({ kind: 'attack', message, node: at, isCertain });
  const args = bindings.words(list);
  const [first] = children(list).filter(({ name }) => !/^[(),]$/.test(name));
  const text = bindings.text(first);
  const isText = first?.name === 'String' || first?.name === 'ContinuedString';
  const isCode = /^(builtins\.)?(exec|eval)$|^runpy\.run_\w+$|^marshal\.loads?$/.test(path);
  if (RUNNERS.test(path) && isAtImport && isText && (SHELL_CODE.test(args) || SHELL_CODE.test(text ?? '')))
    attack(`runs commands by a text while it is imported: ${path}`, true);
  else if (TEXT_RUNNERS.test(path) && runs && (text === undefined || SHELL_CODE.test(text)))
    attack(`runs a text while it is imported: ${path}`);
  if (/^logging\.config\.dictConfig$/.test(path) && runs && CALLED_BY_TABLE.test(bindings.origin(first ?? list)))
    attack(`calls what a table names while it is imported: ${path}`, true);
  const isElsewhere = isAtImport || (comesFrom(args, FROM_ELSEWHERE, bindings, first) && runs);
  if (RUNNERS.test(path) && comesFrom(args, DECODERS, bindings, first))
    attack(`runs code that is hidden in data: ${path}`, isAtImport);
  else if (isCode && isElsewhere && (!isText || path.startsWith('runpy.')))
    attack(`runs code from elsewhere while it is imported: ${path}`);
  else if (LOADERS.test(path) && !/\.py['"]/.test(args) && runs)
    attack(`imports a file that is not called a module while it is imported: ${path}`, isAtImport);
  if (/^(c|_)?[pP]ickle\.loads$|^(dill|cloudpickle)\.loads$/.test(path)) {
    const isLiteral = /^\(\s*b['"]/.test(args);
    if (DECODERS.test(args) || isLiteral)
      attack(`loads a pickle that is hidden in the source: ${path}`, isAtImport && isLiteral);
  }
  const isShell = /^(os|posix)\.(system|popen)$/.test(path) || /\bshell\s*=\s*True\b/.test(args);
  if ((RUNNERS.test(path) || isShell) && REQUEST.test(args)) attack(`runs what a request says: ${path}`);
  if (
    isText &&
    first &&
    /^importlib\.import_module$/.test(path) &&
    isAtImport &&
    SHELL_MODULE.test(bindings.words(first))
  )
    attack(`imports ${bindings.words(first).slice(1, -1)} by a call, while it is imported itself`, true);
  if (/\b(methodcaller|attrgetter)$/.test(path) && text !== undefined && SHELL_FUNCTION.test(text))
    attack(`takes a function whose name is hidden: ${path}`, isAtImport);
  if (/\b(C|Py|Win|Ole)DLL\([^)]*\)\.(system|popen|exec\w*)$/.test(written))
    attack('runs a command by native code', true);
  if (/^(builtins\.)?__import__$/.test(path)) said.push(...importing(call, list, args));
  if (/^(builtins\.)?getattr$/.test(path)) said.push(...takingAttribute(call, list));
  if (/^subprocess\./.test(path) && /\bshell\s*=\s*True\b/.test(args))
    said.push({ kind: 'shell', message: `uses a shell: ${path} with shell=True`, node, isCertain: true });
  const remote = remoteOf(path, args, text);
  if (remote !== undefined)
    said.push({ kind: 'remote', message: `may run code of a repository: ${remote}`, node, isCertain: false });
  const reach = reachOf(path.replace(/\([^()]*\)/g, '()'), node, bindings, runs);
  if (reach !== undefined) said.push({ ...reach, node, isCertain: false });
  return said;
}

/** What fetches code from a repository and runs it. */
function remoteOf(path: string, args: string, text: string | undefined): string | undefined {
  if (/^torch\.hub\.load$/.test(path)) return /\bsource\s*=\s*['"]local['"]/.test(args) ? undefined : path;
  const isForeign = text !== undefined && /^[\w-][\w.-]*\/[\w.-]+$/.test(text);
  return /\.from_pretrained$/.test(path) && isForeign && TRUSTS.test(args) ? `${path} of ${text}` : undefined;
}

/** What runs a text that it is given, and is no part of the language. */
const TEXT_RUNNERS = /^(pandas\.eval|numexpr\.evaluate)$/;

/** `__import__('o' + 's')`. */
function importing({ bindings, isAtImport }: Call, list: SyntaxNode, args: string): Said[] {
  const [wanted] = children(list).filter(({ name }) => !/^[(),]$/.test(name));
  const module = wanted === undefined ? '' : bindings.words(wanted);
  if (isSum(wanted, bindings) || DECODERS.test(args))
    return [{ kind: 'attack', message: 'imports a module whose name is hidden', node: list, isCertain: isAtImport }];
  if (wanted?.name !== 'String' || !SHELL_MODULE.test(module) || !isAtImport) return [];
  const message = `imports ${module.slice(1, -1)} by a call, while it is imported itself`;
  return [{ kind: 'attack', message, node: list, isCertain: true }];
}

/** `getattr(os, …)` by a text that is not written down, or by one that is a shell. */
function takingAttribute({ bindings, isAtImport, runs, pathOf }: Call, list: SyntaxNode): Said[] {
  const [target, wanted] = children(list).filter(({ name }) => !/^[(),]$/.test(name));
  if (target === undefined || wanted === undefined) return [];
  const of = pathOf(target);
  const text = bindings.text(wanted);
  const isShell = text !== undefined && SHELL_FUNCTION.test(text);
  const isHidden = isSum(wanted, bindings) || isShell;
  const isSuspect =
    (MODULES_OF_SHELLS.test(of) && !of.startsWith('sys.modules')) || MODULES_OF_SHELLS.test(bindings.words(target));
  const say = (message: string, isCertain: boolean): Said[] => [{ kind: 'attack', message, node: list, isCertain }];
  if (
    isSuspect &&
    !/^(String|ContinuedString|BinaryExpression)$/.test(wanted.name) &&
    (isAtImport || (runs && isHidden))
  )
    return say(`takes a function of ${of} by a name that is computed`, false);
  // Libraries for two versions of Python take `exec` from the builtins.
  const isOfTwo = wanted.name === 'String' && of === 'builtins' && bindings.words(target) !== 'builtins';
  if ((isSuspect || /__import__|import_module/.test(of)) && isHidden && !isOfTwo)
    return say(`takes a function of ${of} whose name is hidden`, isAtImport);
  // Of anything else a function for commands is taken by its name, and that name is put together: it is not to be found.
  return isShell && wanted.name !== 'String' ? say('takes a function whose name is hidden', false) : [];
}

function isSum(node: SyntaxNode | undefined, bindings: PythonBindings): boolean {
  return node?.name === 'BinaryExpression' && /['"]/.test(bindings.words(node));
}

/** Whether arguments, or what the first of them was set to, have something in them. */
function comesFrom(args: string, what: RegExp, bindings: PythonBindings, first: SyntaxNode | undefined): boolean {
  return what.test(args) || (first?.name === 'VariableName' && what.test(bindings.origin(first)));
}
