import { createHash } from 'node:crypto';
import { normalizedName } from '#conventions/requirement-line.js';
import { runsCommands } from '#models/content/configurations.js';
import { foreignModule, nativeBy } from './known-packages.js';
import { runsMore } from './paths-file.js';

/** What is wrong with a package in the archive, beside what its source does. */
export interface PackageNote {
  /** It starts with each Python, it is not what it seems to be, or it was changed after it was built. */
  readonly kind: 'starts' | 'disguised' | 'altered';
  /** The way to the file: `dep.whl!dep.pth`. */
  readonly entry: string;
  /** A clause behind that. */
  readonly message: string;
}

/** Where Python looks for packages when a wheel is installed: the top, or what its data directory has for it. */
const SITE = String.raw`^(?:[^/]+\.data\/(?:purelib|platlib)\/|[^/]+\.data\/data\/lib(?:64)?\/python[\d.]+\/(?:site|dist)-packages\/|(?:[^/]+-\d[^/]*\/)?(?:src\/)?)`;
const STARTS = new RegExp(`${SITE}(?:sitecustomize|usercustomize)(?:\\.pyw?|/__init__\\.py)$`, 'i');
const PATHS = new RegExp(`${SITE}[^/]+\\.pth$`, 'i');
const MODULE = new RegExp(`${SITE}(\\w+)(?:\\.py|/.+)$`);
const STANDARD_LIBRARY = /^[^/]+\.data\/data\/lib(?:64)?\/python[\d.]+\/(?!(?:site|dist)-packages\/)/i;
const SCRIPT = /^[^/]+\.data\/scripts\/([^/]+)$/i;

/** Commands that the server or its image starts, and the packages that bring them. */
const COMMANDS =
  /^(?:python(?:\d+(?:\.\d+)?)?|pip(?:\d+(?:\.\d+)?)?|sh|bash|dash|zsh|env|ls|cat|cp|mv|rm|ps|id|sudo|su|ssh|git|curl|wget|java|node|npm|torchserve|multi-model-server|mxnet-model-server)$/i;
const BRINGS: readonly (readonly [command: RegExp, name: RegExp])[] = [
  [/^pip/i, /^pip$/],
  [/^(node|npm)$/i, /^node/],
  [/^torchserve$/i, /^torchserve/],
  [/^m[ux].*-model-server$/i, /^(multi|mxnet)-model-server$/],
];
const isForeignCommand = (command: string, name: string | undefined): boolean =>
  COMMANDS.test(command) &&
  !BRINGS.some(([commands, names]) => commands.test(command) && name !== undefined && names.test(name));

/** A name, and the function that it stands for, in any of the files that say so. */
const ENTRY_POINT =
  /(?:^|["'])[ \t]{0,32}["']?([\w.@-]{1,100})["']?[ \t]{0,32}=[ \t]{0,32}["']?([\w.]{1,200}:[\w.]{1,200})/gm;
const ENTRY_POINTS_FILE = /(?:^|[/!])(?:entry_points\.txt|setup\.cfg|setup\.py|pyproject\.toml)$/i;
const IN_DIST_INFO = /^(.*(?:!|\.whl\/))[^/!]+\.dist-info\/(?:METADATA|RECORD)$/i;
const SOURCES_INFO = /^(.*![^/]+\/)PKG-INFO$/i;

/** What the files of one package say of each other. */
interface Package {
  name?: string;
  record?: string;
}

/** Looks at the packages in an archive, one file with packages after the other. */
export class PackedPackages {
  readonly notes: PackageNote[] = [];
  readonly #packages = new Map<string, Package>();
  readonly #digests = new Map<string, string>();
  #commands: { entry: string; command: string }[] = [];

  /** `path` is the way from the archive: `dep.whl!dep/__init__.py`; `isWhole` unless there was more of it than was read. */
  take(path: string, bytes: Buffer, isWhole: boolean): void {
    const wheel = path.lastIndexOf('.whl/');
    const inside = path.slice(wheel < 0 ? path.indexOf('!') + 1 : wheel + '.whl/'.length);
    if (isWhole) this.#digests.set(path, createHash('sha256').update(bytes).digest('base64url'));
    if (ENTRY_POINTS_FILE.test(path)) this.entryPoints(path, bytes.toString('latin1'));
    const prefix = (IN_DIST_INFO.exec(path) ?? SOURCES_INFO.exec(path))?.[1];
    if (prefix !== undefined) {
      const known = this.#packages.get(prefix) ?? {};
      this.#packages.set(prefix, known);
      if (/RECORD$/i.test(path)) known.record = bytes.toString('utf8');
      else known.name = normalizedName(/^Name:[ \t]*(\S+)/im.exec(bytes.toString('utf8', 0, 65_536))?.[1] ?? '');
    }
    const script = SCRIPT.exec(inside)?.[1];
    if (script !== undefined) this.#commands.push({ entry: path, command: script });
    if (STANDARD_LIBRARY.test(inside))
      this.#note('disguised', path, 'goes into the standard library when it is installed');
    if (STARTS.test(inside)) this.#note('starts', path, 'runs whenever a Python starts where it is installed');
    else if (PATHS.test(inside) && runsMore(bytes))
      this.#note('starts', path, 'has lines that Python runs whenever it starts where it is installed');
  }

  /** What the entry points in a file of metadata name, be it in a package or beside. */
  entryPoints(entry: string, text: string): void {
    let isCommands = !/\.txt$/i.test(entry);
    for (const line of text.split('\n')) {
      const section = /^\s{0,32}\[{1,2}([^\]]{1,100})\]/.exec(line)?.[1];
      if (section !== undefined) isCommands = /scripts|entry_points|^project/i.test(section);
      for (const [, command = '', named = ''] of line.matchAll(ENTRY_POINT)) {
        if (runsCommands(named) && !named.startsWith('pip'))
          this.#note('disguised', entry, `has the entry point ${command}, which is ${named}`);
        else if (isCommands) this.#commands.push({ entry, command });
      }
    }
  }

  /** Puts together what a file with packages held, whose `members` are all that is in it. */
  close(members: readonly string[]): void {
    for (const [prefix, known] of this.#packages) {
      const { name, record } = known;
      if (name !== undefined) this.#named(prefix, name, members);
      if (record !== undefined && record.trim() !== '') this.#recorded(prefix, record);
    }
    const name = [...this.#packages.values()].find((known) => known.name !== undefined)?.name;
    for (const { entry, command } of this.#commands)
      if (isForeignCommand(command, name))
        this.#note(
          'disguised',
          entry,
          `installs a command called ${command}, in place of the one that everybody means`,
        );
    this.#commands = [];
    this.#packages.clear();
    this.#digests.clear();
  }

  #named(prefix: string, name: string, members: readonly string[]): void {
    const said = new Set<string>();
    for (const path of this.#digests.keys()) {
      if (!path.startsWith(prefix) || !/\.pyw?$/i.test(path)) continue;
      const module = MODULE.exec(path.slice(prefix.length))?.[1] ?? '';
      if (said.has(module) || !foreignModule(module, name)) continue;
      said.add(module);
      this.#note('disguised', path, `brings the module ${module}, and belongs to ${name}`);
    }
    const isNative = members.some((member) => /\.(so|pyd|dylib)(\.\d+)*$/i.test(member));
    if (nativeBy(name) && !isNative && /\.whl[!/]$/i.test(prefix))
      this.#note(
        'disguised',
        prefix.slice(0, -1),
        `is called ${name} and has no native code, of which ${name} consists`,
      );
  }

  /** RECORD lists each file of a wheel with its digest. */
  #recorded(prefix: string, record: string): void {
    const listed = new Map<string, string>();
    for (const line of record.split(/\r?\n/)) {
      const [, quoted, plain = '', digest = ''] = /^(?:"((?:[^"]|"")*)"|([^,]*)),([^,]*)/.exec(line) ?? [];
      listed.set(quoted?.replaceAll('""', '"') ?? plain, digest);
    }
    for (const [path, digest] of this.#digests) {
      const inside = path.startsWith(prefix) ? path.slice(prefix.length) : '';
      if (!/\.(pyw?|pth)$/i.test(inside)) continue;
      const recorded = listed.get(inside);
      if (recorded === undefined && isInsideListed(inside, listed)) continue;
      if (recorded === undefined || recorded === '')
        this.#note('altered', path, 'has no digest in the RECORD of its wheel');
      else if (recorded.startsWith('sha256=') && recorded.slice(7).replace(/=+$/, '') !== digest)
        this.#note('altered', path, 'has another digest than in the RECORD of its wheel');
    }
  }

  #note(kind: PackageNote['kind'], entry: string, message: string): void {
    this.notes.push({ kind, entry, message });
  }
}

/** Whether a path leads through a file that is listed: a zip in a wheel, whose own files are not. */
function isInsideListed(path: string, listed: ReadonlyMap<string, string>): boolean {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    if (listed.has(path.slice(0, at))) return true;
  return false;
}
