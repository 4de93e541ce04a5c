/** A requirements file as it lies in the archive, or what another file says of where packages come from, as lines of such a file. */
export interface RequirementsText {
  readonly entry: string;
  readonly text: string;
  /** A configuration of an installer, not a list. */
  readonly isSetting?: boolean;
  /** Why it could not be read, as a clause behind its name. */
  readonly unread?: string;
}

/** Files of packages that say what is installed with them. */
export const PACKAGE_METADATA = /(^|\/)(METADATA|PKG-INFO|pyproject\.toml|setup\.cfg|setup\.py|requires\.txt)$/;
/** Such a file is a few pages; a description may be long. */
const LARGEST = 1024 * 1024;

/** A name, and the address that it is to be installed from. */
const DIRECT = /[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?\s*@\s*(?:[a-z]+\+)?(?:https?|ftp|git|ssh):\/\/[^\s'",;]+/i;

/** What a package wants from addresses, each in its line, as a list of requirements; undefined where it wants nothing. */
export function directRequirements(entry: string, bytes: Buffer): RequirementsText | undefined {
  if (bytes.length > LARGEST) return undefined;
  const isMetadata = /(^|\/)(METADATA|PKG-INFO)$/.test(entry);
  const text = bytes.toString('utf8');
  // The description behind the fields of METADATA tells of addresses, and installs nothing.
  const lines = (isMetadata ? (text.split(/\r?\n\r?\n/, 1)[0] ?? '') : text).split(/\r?\n/);
  const wanted = lines.map((line) => {
    if (isMetadata && !/^Requires-Dist:/i.test(line)) return '';
    if (!isMetadata && /^\s*#/.test(line)) return '';
    return DIRECT.exec(line)?.[0] ?? '';
  });
  return wanted.some((line) => line !== '') ? { entry, text: wanted.join('\n') } : undefined;
}

/** Files from which installers of Python packages take where to look for them. */
export const INSTALLER_SETTINGS =
  /(^|\/)(pip\.(conf|ini)|uv\.toml|pyproject\.toml|Pipfile|\.?condarc|(environment|conda)[\w.-]*\.ya?ml|\.env(\.[\w.-]+)?|[\w.-]+\.env|\.?pydistutils\.cfg)$/i;

const INDEX_KEY =
  /^(?:(?:PIP|UV)_\w*(?:INDEX|FIND_LINKS|TRUSTED_HOST)\w*|(?:extra[-_]|default[-_])?index(?:[-_]url)?|find[-_]links|trusted[-_]host|index_url|channels)$/i;
const INDEX_OPTION = /(?:^|[\s"'-])(?:-i|-f|--(?:extra-)?index-url|--find-links|--trusted-host)\b/;

/** What a configuration of an installer says of indexes, each in its line as an option of pip; undefined where it says nothing. */
export function indexSettings(entry: string, text: string): RequirementsText | undefined {
  let section = '';
  let key = '';
  const lines = text.split(/\r?\n/).map((line) => {
    if (/^\s*[#;]/.test(line)) return '';
    const header = /^\s{0,32}\[{1,2}([^\]]{1,200})\]/.exec(line)?.[1];
    if (header !== undefined) {
      section = header;
      key = '';
    }
    key =
      /^\s{0,200}(?:-\s{1,8})?(?:export\s{1,8})?["']?([\w-]{1,100})["']?\s{0,32}[:=](?!\/\/)/.exec(line)?.[1] ?? key;
    const isIndex = INDEX_KEY.test(key) || (key === 'url' && /index|source$/i.test(section)) || INDEX_OPTION.test(line);
    if (!isIndex) return '';
    const isHost = /trusted[-_]host/i.test(key) || /--trusted-host/.test(line);
    if (isHost)
      return (line.replace(/^.*[:=]|.*--trusted-host/, '').match(/[\w.-]+/g) ?? [])
        .map((host) => `--trusted-host ${host}`)
        .join(' ');
    return (line.match(/[a-z]+:\/\/[^\s"',\]})]+/gi) ?? []).map((url) => `--index-url ${url}`).join(' ');
  });
  return lines.some((line) => line !== '') ? { entry, text: lines.join('\n'), isSetting: true } : undefined;
}
