/** A requirements file as it lies in the archive. */
export interface RequirementsText {
  readonly entry: string;
  readonly text: string;
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
