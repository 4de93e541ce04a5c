import type { ArchiveFormat } from './archive.js';
import { DIRECTORY } from './directory/format.js';
import type { FileFormat, Format, PackFormat, WrittenForm } from './format.js';
import { TGZ } from './tgz/format.js';
import { ZIP } from './zip/format.js';

/** The formats that are one file, in the order in which content is held against them. */
export const FILE_FORMATS: readonly FileFormat[] = [ZIP, TGZ];

/** Everything that can be opened. */
export const FORMATS: readonly Format[] = [...FILE_FORMATS, DIRECTORY];

/** What the names of archive files end in: lower case, with the dot, the usual one first. */
export const ENDINGS: readonly string[] = FILE_FORMATS.flatMap(({ endings }) => endings);

/** What packing can write, the usual form first. */
export const WRITTEN_FORMS: readonly WrittenForm[] = FORMATS.flatMap(({ written }) => written);

/** The same as flags and options name it, with what each makes of NAME. */
export const PACK_FORMATS: readonly Pick<WrittenForm, 'name' | 'summary'>[] = WRITTEN_FORMS.map(
  ({ name, summary }) => ({
    name,
    summary,
  }),
);

/** The ending of an archive that a file name has, as it is written there; undefined for every other name. */
export function archiveEnding(name: string): string | undefined {
  const lower = name.toLowerCase();
  const ending = ENDINGS.find((known) => lower.endsWith(known) && lower.length > known.length);
  return ending === undefined ? undefined : name.slice(-ending.length);
}

/** The format that the first bytes of a file announce; four of them are enough. */
export function formatByMagic(head: Buffer): FileFormat | undefined {
  const hex = head.toString('hex');
  return FILE_FORMATS.find(({ magic }) => magic.some((known) => hex.startsWith(known)));
}

/** How the entries of an archive of that format can be read. */
export function orderOf(name: ArchiveFormat): Format['order'] {
  return FORMATS.find((format) => format.name === name)?.order ?? 'sequential';
}

/** The form of a name of `--archive-format`. */
export function writtenForm(name: PackFormat): WrittenForm {
  const form = WRITTEN_FORMS.find((known) => known.name === name);
  if (form === undefined) throw new TypeError(`no format writes ${name}`);
  return form;
}
