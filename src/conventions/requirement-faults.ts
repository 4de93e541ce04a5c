import { publicText } from '#public-source.js';

/** Comparisons of versions, longest first, each with the versions that may follow it (PEP 440). */
const RELEASE = 'v?(?:\\d+!)?\\d+(?:\\.\\d+)*';
const SUFFIXES =
  '(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?\\d*)?(?:-\\d+|[-_.]?(?:post|rev|r)[-_.]?\\d*)?(?:[-_.]?dev[-_.]?\\d*)?';
const LOCAL = '(?:\\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?';
const COMPARISON = new RegExp(
  [
    '===\\s*[^\\s;)]*',
    `(?:==(?!=)|!=)\\s*${RELEASE}(?:\\.\\*|${SUFFIXES}${LOCAL})`,
    `~=\\s*v?(?:\\d+!)?\\d+(?:\\.\\d+)+${SUFFIXES}`,
    `(?:<=|>=|<|>)\\s*${RELEASE}${SUFFIXES}`,
  ].join('|'),
  'iy',
);
const NAME = /^[a-z0-9](?:[\w.-]*[a-z0-9_])?(?![\w.-])/i;
const EXTRAS = /^\[\s*(?:[a-z0-9](?:[\w.-]*\w)?(?:\s*,\s*[a-z0-9](?:[\w.-]*\w)?)*)?\s*\]/i;
const WHEEL = /^[^\s-]+-[^\s-]*(?:-\d[^-]*)?-[^\s-]+-[^\s-]+-[^\s-]+\.whl$/;
const REPOSITORY = /^((git|ssh|hg|bzr|sftp|svn):|git\+(https?|ssh|git|file):|(hg|bzr|svn)\+[a-z-]+:)/i;

/** Addresses that pip takes without a name before them. */
const ADDRESS =
  /^(https?|ftp|file|git\+(https?|ssh|git|file)|hg\+(file|https?|ssh|static-http)|bzr\+(https?|ssh|sftp|ftp|lp|file)|svn\+(ssh|https?|svn|file)):/i;
const isPath = (text: string): boolean =>
  /^\.|\/|\.(whl|zip|tar|tgz|tbz|txz|tlz|tar\.(gz|bz2|xz|lz|lzma))$/i.test(text);

/**
 * Why pip refuses what a line requires (PEP 508, or a path or an address), as the rest of a sentence about the line; undefined where it
 * does not. Whether a path exists is not looked at.
 */
export function requiredFault(required: string): string | undefined {
  const isAddress = ADDRESS.test(required);
  const [, target = required, marker] = (isAddress ? /^(.*?); (.*)$/s : /^(.*?);(.*)$/s).exec(required) ?? [];
  return targetFault(target.trim(), isAddress) ?? (marker?.trim() ? markerFault(marker.trim()) : undefined);
}

/** Why pip refuses what `-e` names: a directory, or a repository whose package is named. */
export function editableFault(value: string): string | undefined {
  const [, address = value] = /^[^\s@:]+\s+@\s+(.+)$/.exec(value) ?? [];
  if (!/^[a-z][a-z0-9+.-]*:/i.test(address) || /^file:/i.test(address)) return undefined;
  if (!REPOSITORY.test(address))
    return 'makes an address editable (-e) that is not a repository, expected a directory or git+https://…';
  if (address !== value || /#(.*&)?egg=./.test(address)) return undefined;
  return 'names a repository without its package, expected #egg=NAME at the end of the address';
}

function targetFault(target: string, isAddress: boolean): string | undefined {
  const path = target.replace(/[?#].*$/s, '');
  const name = NAME.exec(target)?.[0];
  const rest = name === undefined ? '' : afterExtras(target.slice(name.length));
  if (!isAddress && rest.startsWith('@')) return directFault(rest.slice(1).trim());
  if (!isAddress && /\s[a-z][a-z0-9+.-]*:\/\//i.test(target))
    return `has an address after '${short(target.split(/\s/, 1)[0] ?? '')}' without an @ between them`;
  if (isAddress || isPath(target)) {
    const file = path.split('/').at(-1) ?? '';
    const isOdd = file.endsWith('.whl') && !file.includes('%') && !WHEEL.test(file);
    return isOdd ? `names '${file}', which is not the name of a wheel` : undefined;
  }
  if (name === undefined) return `begins with '${short(target)}', expected the name of a package`;
  if (/^\[/.test(rest)) return `has '${short(rest)}' after ${name}, expected names of extras in brackets`;
  return versionsFault(name, rest);
}

/** What follows the extras of a package; what are none stays. */
function afterExtras(text: string): string {
  const trimmed = text.trimStart();
  const extras = EXTRAS.exec(trimmed)?.[0];
  return extras === undefined ? trimmed : trimmed.slice(extras.length).trimStart();
}

function directFault(address: string): string | undefined {
  if (address === '') return 'has no address after @';
  if (/\s/.test(address)) return 'has more after its address, expected a marker behind a space and a semicolon';
  return /^[a-z][a-z0-9+.-]*:/i.test(address)
    ? undefined
    : `has '${short(address)}' after @, expected an address with its scheme`;
}

/** `>=1,<2`, or the same in parentheses; a comma may end it. */
function versionsFault(name: string, text: string): string | undefined {
  const inside = /^\((.*)\)$/s.exec(text)?.[1]?.trim() ?? text;
  let rest = inside;
  while (rest !== '') {
    COMPARISON.lastIndex = 0;
    const found = COMPARISON.exec(rest)?.[0];
    const after = found === undefined ? undefined : rest.slice(found.length).trimStart();
    if (after === undefined || (after !== '' && !after.startsWith(','))) {
      const expected = found === undefined ? 'a comparison such as ==1.0 or >=1.0,<2' : 'a comma or the end';
      return `has '${short(after ?? rest)}' after ${rest === inside && found === undefined ? name : 'a version'}, expected ${expected}`;
    }
    rest = after.slice(1).trimStart();
  }
  return undefined;
}

const MARKER_TOKEN =
  /\s*(?:(\()|(\))|(and|or)\b|(===|==|~=|!=|<=|>=|<|>|in\b|not\s+in\b)|('[^']*'|"[^"]*"|(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b))/y;

/** An environment marker: comparisons, `and`, `or` and parentheses. */
function markerFault(marker: string): string | undefined {
  MARKER_TOKEN.lastIndex = 0;
  let open = 0;
  /** What may come next: a value before a comparison, the comparison, the value after it, or what joins two. */
  let wants: 'first' | 'operator' | 'second' | 'joint' = 'first';
  while (MARKER_TOKEN.lastIndex < marker.length) {
    const start = MARKER_TOKEN.lastIndex;
    const [whole, opens, closes, joint, operator, value] = MARKER_TOKEN.exec(marker) ?? [];
    const fits =
      (wants === 'first' && (opens ?? value) !== undefined) ||
      (wants === 'operator' && operator !== undefined) ||
      (wants === 'second' && value !== undefined) ||
      (wants === 'joint' && (joint !== undefined || (closes !== undefined && open > 0)));
    if (whole === undefined || !fits)
      return `has the marker '${short(marker)}', in which '${short(marker.slice(start).trim())}' is not expected`;
    if (opens) open += 1;
    else if (closes) open -= 1;
    else
      wants = wants === 'first' ? 'operator' : wants === 'operator' ? 'second' : wants === 'second' ? 'joint' : 'first';
  }
  return wants === 'joint' && open === 0 ? undefined : `has the marker '${short(marker)}', which is not complete`;
}

/** A piece of the line as a message may quote it. */
function short(text: string): string {
  const shown = publicText(text);
  return shown.length > 40 ? `${shown.slice(0, 40)}…` : shown;
}
