import type { RemarkKind } from '../../remark.js';
import type { Machine } from '../machine.js';
import { liesOutside } from '../module-paths.js';
import { elementsOf } from '../values/lists.js';
import { get } from '../values/properties.js';
import { argument, argumentsTogether, isFrom, join, pathsOf, textsOf, thingsOf } from '../values/value-sets.js';
import type { Arguments, Atom, Site, Value } from '../values/values.js';

/** What a call does to what lies outside the model directory, or to the process. */
export interface Reach {
  readonly kind: RemarkKind;
  readonly message: string;
  /** Whatever calls it: what it names is written down. */
  readonly isCertain: boolean;
}

const CHANGES =
  /^(?:fs|npm:(?:fs-extra|graceful-fs))(?:\.promises)?\.(writeFile|appendFile|unlink|rm|rmdir|remove|outputFile|emptyDir|truncate|chmod|lchmod|chown|lchown|createWriteStream|WriteStream)(Sync)?$|^npm:(rimraf|del)(\.\w+)?$/;
/** Both arguments are paths; of copies only the second one is changed. */
const CHANGES_BOTH = /^(?:fs|npm:(?:fs-extra|graceful-fs))(?:\.promises)?\.(rename|symlink|link|move)(Sync)?$/;
const COPIES = /^(?:fs|npm:(?:fs-extra|graceful-fs))(?:\.promises)?\.(copyFile|cp|copy)(Sync)?$/;
const OPENS = /^fs(\.promises)?\.open(Sync)?$/;

const ASKS =
  /^(https?\.get|fetch|undici\.(fetch|request)|npm:(axios|got|node-fetch|undici|superagent|ky|needle)(\.(get|fetch|request|head))?)$/;
const SENDS =
  /^(https?\.request|(net|tls)\.(connect|createConnection)|(net|tls)\.\w*Socket\(\)\.connect|http2\.connect|dgram\.(createSocket|Socket)\(\)\.(send|connect)|dns\.(promises\.)?(lookup|resolve\w*|reverse)|WebSocket|EventSource|npm:(axios|got|superagent|needle|ky)\.(post|put|patch|delete)|npm:ws(\.WebSocket)?)$/;
const LOOPBACK = /\b(localhost|127\.0\.0\.1|0\.0\.0\.0)\b|\[::1\]/;

/** What names another machine. */
const ADDRESS = /^(https?|wss?|ftp):|^\/\/\w/i;
const HOST = /^\[?[\w-]+([.:][\w-]+)+\]?$/;
/** What is called with the name of a machine as it is. */
const BY_HOST = /^(https?\.|net\.|tls\.|dgram\.|dns\.)/;

/** What a call reaches for while the script is imported. */
export function reachOf(m: Machine, way: string, args: Arguments, site: Site): Reach | undefined {
  const changed = changedBy(way, args);
  if (changed !== undefined) {
    const outside = changed.filter((value) => textsOf(withLists(m, value, site)).some(liesOutside));
    if (outside.length === 0) return undefined;
    // What may be any of many things is a guess.
    const isCertain = outside.some((value) => thingsOf(value).length < 3);
    const message = `changes files outside the model directory while it is imported: ${plain(way)}`;
    return { kind: 'attack', message, isCertain };
  }
  if (SENDS.test(way) || ASKS.test(way)) return networkOf(m, way, args, site);
  if (
    /^https?\.request\(\)\.(write|end)$/.test(way) &&
    args.list.length > 0 &&
    isPrivate(m, argumentsTogether(args), site)
  )
    return { kind: 'attack', message: `sends something while it is imported: ${plain(way)}`, isCertain: false };
  return undefined;
}

const plain = (way: string): string => way.replace(/^npm:/, '').replaceAll('·', '.');

/** The paths that a call changes; undefined where it changes none. */
function changedBy(way: string, args: Arguments): Value[] | undefined {
  const [first, second] = [argument(args, 0), argument(args, 1)];
  if (CHANGES.test(way)) return [first];
  if (CHANGES_BOTH.test(way)) return [first, second];
  if (COPIES.test(way)) return [second];
  // Without flags a file is opened for reading.
  return OPENS.test(way) && textsOf(second).some((flags) => /[wa+]/.test(flags)) ? [first] : undefined;
}

function withLists(m: Machine, value: Value, site: Site): Value {
  return thingsOf(value).length > 0 ? [...value, ...elementsOf(m, value, site)] : value;
}

function networkOf(m: Machine, way: string, args: Arguments, site: Site): Reach | undefined {
  const { tree } = site.frame.file;
  const words = tree.beginning(site.node, 2000);
  const said = argumentsTogether(args);
  const options = thingsOf(said);
  const texts: Atom[] = [...said];
  for (const option of options) for (const key of option.keys.slice(0, 50)) join(texts, m.read(option.cell(key)));
  if (
    LOOPBACK.test(words) ||
    textsOf(texts).some((one) => LOOPBACK.test(one) || (/^(\/|\.\/|\\\\)/.test(one) && /^net\./.test(way)))
  )
    return undefined;
  // Whoever passes on what it is called with is not the one who says where it goes.
  if (!textsOf(texts).some((one) => ADDRESS.test(one) || (BY_HOST.test(way) && HOST.test(one)))) {
    const isHidden = textsOf(said).length === 0 && isFrom(said, 'decoded');
    return isHidden
      ? { kind: 'review', message: `reaches for the network while it is imported: ${plain(way)}`, isCertain: false }
      : undefined;
  }
  if (SENDS.test(way))
    return { kind: 'attack', message: `reaches for the network while it is imported: ${plain(way)}`, isCertain: false };
  const isSent =
    options.some((option) =>
      ['body', 'data', 'json'].some((key) => option.has(key) && key in { body: 1, data: 1, json: 1 }),
    ) || isPrivate(m, texts, site);
  if (isSent)
    return { kind: 'attack', message: `sends something while it is imported: ${plain(way)}`, isCertain: false };
  return { kind: 'shell', message: `downloads something while it is imported: ${plain(way)}`, isCertain: false };
}

/** Whether a value holds what a machine keeps to itself: its files, its environment, its names. */
function isPrivate(m: Machine, value: Value, site: Site): boolean {
  return (
    isFrom(value, 'private') ||
    isFrom(value, 'file') ||
    pathsOf(value).some((one) => /^process\.env$/.test(one)) ||
    pathsOf(get(m, thingsOf(value), 'body', site)).some((one) => one === 'process.env')
  );
}
