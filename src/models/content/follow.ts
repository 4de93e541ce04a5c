import { isTelling } from '../pickle/judge.js';
import { type PickleFile, readPickles } from '../pickle/read-pickles.js';
import type { ByteSource } from '../pickle/window.js';
import { type Content, contentOf, NotFollowed, type OpenSource, Part, readFully, rewound } from './bytes.js';
import { CODE_NAME, ggufCodes, kerasCodes, readCodes, safetensorsCodes, tfliteCodes } from './codes.js';
import { Findings, type LoadedFile } from './findings.js';
import { hiddenPickles } from './hidden.js';
import { picklesBehind, picklesInside } from './inside.js';
import { readNpy } from './npy.js';
import { asOpen, endsLikeZip, isDamage, sizeOf } from './opened.js';
import { contentUnpacked, memberSource } from './packed.js';
import {
  CONTAINERS,
  DEEPEST,
  inside,
  isOfScript,
  LARGEST_INNER,
  LARGEST_SOURCE,
  MOST_RETURNS,
  type Place,
  SOURCE_NAME,
  ZIP_NAME,
} from './place.js';
import { HDF5_NAME, HEAD, type Kind, MODEL_NAME, PICKLE_NAME, SHELF_NAME, sniff } from './sniff.js';
import { tarMembers } from './tar.js';
import { listZip, type Member } from './zip.js';

/** Takes a file of Python in a package, and the way to it from the file that holds the package. */
export type OnSource = (where: string, bytes: Buffer) => Promise<void>;

/**
 * Follows what loading a file would read: compression, zips, tars, arrays and pickles in each other. Nothing is executed. Source of
 * Python in zips and tars is handed to `onSource`, longer files by their first 8 MiB and a byte.
 */
export async function followFile(content: Content, name: string, onSource?: OnSource): Promise<LoadedFile> {
  const findings = new Findings();
  const follower = new Follower(findings, onSource);
  await follower.content(content, { name, where: '', depth: 0 });
  return findings.result();
}

class Follower {
  readonly #findings: Findings;
  readonly #onSource: OnSource | undefined;

  constructor(findings: Findings, onSource: OnSource | undefined) {
    this.#findings = findings;
    this.#onSource = onSource;
  }

  /** Follows content that can be opened again. */
  async content(content: Content, place: Place): Promise<void> {
    if (place.depth > DEEPEST) return this.#findings.unproven(place.where, 'it is nested deeper than any model', true);
    const source = await content.open();
    let kind: Kind | undefined;
    try {
      const head = await readFully(source, HEAD);
      kind = sniff(head) ?? (HDF5_NAME.test(place.name) ? 'hdf5' : undefined);
      if (place.depth === 0 && head.length === 0) this.#findings.fault = 'the file is empty';
      if (kind !== 'zip' && kind !== 'tar') await this.#stream(rewound(head, source), head, kind, place, content);
    } catch (error) {
      this.#caught(error, place);
    } finally {
      await source.close();
    }
    if (kind === 'tar') await this.#tar(content, place);
    else if (kind === 'zip' || (content.size !== undefined && (await endsLikeZip(content, content.size))))
      await this.#zip(content, place, kind === 'zip');
    const isPlain = kind === undefined || kind === 'npy' || kind === 'gguf' || kind === 'tflite';
    if (isPlain && place.depth === 0 && this.#findings.pickles === 0)
      await hiddenPickles(content, this.#findings, place.where);
  }

  /** Follows a source that is read once, from its beginning. */
  async #stream(source: OpenSource, head: Buffer, kind: Kind | undefined, place: Place, again: Content): Promise<void> {
    const { kinds } = this.#findings;
    if (kind !== undefined) kinds.add(kind);
    const inner = { ...place, depth: place.depth + 1 };
    const say = (message: string) => this.#findings.code(place.where, message);
    if (/\.safetensors$/i.test(place.name)) await safetensorsCodes(again, say);
    switch (kind) {
      case 'pickle':
      case 'pickle-like':
        await this.#pickles(source, place, kind === 'pickle' || PICKLE_NAME.test(place.name));
        if (place.depth === 0 && SHELF_NAME.test(place.name)) await picklesBehind(again, this.#findings);
        return;
      case 'npy':
        return this.#npy(source, place);
      case 'gzip':
      case 'zlib':
      case 'zfile':
      case 'bzip2':
      case 'xz':
      case 'lzma':
      case 'lz4':
      case 'zstd': {
        if (kind === 'lzma' && !MODEL_NAME.test(place.name)) return;
        const unpacked = contentUnpacked(again, kind, head);
        if (unpacked !== undefined) return this.content(unpacked, inner);
        return this.#findings.unproven(place.where, 'its compression cannot be read');
      }
      case '7z':
        return this.#findings.unproven(place.where, `it is compressed with ${kind}, which is not unpacked here`);
      case 'hdf5':
        return picklesInside(source, this.#findings, place.where, (text) => kerasCodes(text, say));
      case 'database':
        return picklesInside(source, this.#findings, place.where);
      case 'gguf':
        return ggufCodes(source, say);
      case 'tflite':
        return tfliteCodes(source, say);
      default:
        if (CODE_NAME.test(place.where || place.name)) return readCodes(source, place, this.#findings);
        if (MODEL_NAME.test(place.name)) return this.#pickles(source, place, false);
    }
  }

  /** `isCertain`: the content begins like a pickle; otherwise only what reads well to its end counts. */
  async #pickles(source: ByteSource, place: Place, isCertain: boolean): Promise<void> {
    const findings = this.#findings;
    const file = await readPickles(source, { isCertain });
    const isPickle = file.pickles > 0 || file.unproven.length > 0;
    if (!isCertain && !isPickle && !file.uses.some((use) => isTelling(use))) {
      if (place.depth === 0 && findings.fault === undefined) findings.fault = 'it is neither a zip nor a pickle';
      return;
    }
    findings.kinds.add('pickle');
    findings.pickles += file.pickles;
    this.#note(file, place);
    for (const [index, bytes] of file.embedded.entries())
      await this.content(contentOf(bytes), {
        ...place,
        where: inside(place.where, `bytes ${index + 1}`),
        depth: place.depth + 1,
      });
  }

  #note({ uses, fault, unproven, isStopped }: PickleFile, { where, isScript = false, depth }: Place): void {
    for (const use of uses) this.#findings.use({ ...use, where, isScript });
    for (const why of unproven) this.#findings.unproven(where, why, isStopped);
    if (fault === undefined || unproven.length > 0) return;
    if (depth === 0 || /\.pkl$/.test(where)) this.#findings.fault ??= fault;
  }

  async #npy(source: ByteSource, place: Place): Promise<void> {
    const array = await readNpy(source);
    if (array.fault !== undefined) this.#findings.code(place.where, array.fault);
    if (array.holdsObjects) await this.#pickles(source, place, true);
  }

  async #tar(content: Content, place: Place): Promise<void> {
    this.#findings.kinds.add('tar');
    const source = await content.open();
    try {
      for await (const { name, size } of tarMembers(source)) {
        const part = new Part(source, size);
        if (!this.#findings.member(name))
          return this.#findings.unproven(place.where, 'it has more entries than are followed', true);
        await this.#member(part, { name, where: inside(place.where, name), depth: place.depth + 1 });
        await part.skip(part.left);
      }
    } catch (error) {
      this.#caught(error, place);
    } finally {
      await source.close();
    }
  }

  async #zip(content: Content, place: Place, isCertain: boolean): Promise<void> {
    let members: Member[];
    try {
      members = await listZip(content, content.size ?? (await sizeOf(content)));
    } catch (error) {
      if (!isCertain) return;
      if (!(error instanceof NotFollowed) || place.depth > 0) return this.#caught(error, place);
      this.#findings.fault = error.message;
      return;
    }
    this.#findings.kinds.add('zip');
    const isScript = members.some(({ name }) => /^[^/]+\/(constants\.pkl$|code\/)/.test(name));
    let source = await content.open();
    let at = 0;
    let returns = 0;
    try {
      for (const member of members) {
        if (!this.#findings.member(member.name))
          return this.#findings.unproven(place.where, 'it has more entries than are followed', true);
        if (member.offset < at) {
          returns += 1;
          if (returns > MOST_RETURNS) return this.#findings.unproven(place.where, 'its entries overlap', true);
          await source.close();
          source = await content.open();
          at = 0;
        }
        await source.skip(member.offset - at);
        const header = await readFully(source, 30);
        if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50)
          return this.#findings.unproven(place.where, `its entry ${member.name} is not where the list says`);
        const names = header.readUInt16LE(26) + header.readUInt16LE(28);
        await source.skip(names);
        const part = new Part(source, member.size);
        const inner = { name: member.name, where: inside(place.where, member.name), depth: place.depth + 1, isScript };
        if (member.isEncrypted) this.#findings.unproven(inner.where, 'it is encrypted');
        else await this.#packed(part, member.method, inner);
        at = member.offset + 30 + names + member.size - part.left;
      }
    } catch (error) {
      this.#caught(error, place);
    } finally {
      await source.close();
    }
  }

  /** A member of a zip, unpacked by its method. */
  async #packed(part: Part, method: number, place: Place): Promise<void> {
    if (method === 0) return this.#member(part, place);
    let reader: OpenSource | undefined;
    try {
      reader = await memberSource(part, method);
      await this.#member(reader, place);
    } catch (error) {
      this.#caught(error, place);
    } finally {
      await reader?.close();
    }
  }

  /** What lies in a zip or a tar is read once; only what is a container itself is brought to hand. */
  async #member(source: ByteSource, place: Place): Promise<void> {
    const isSource = this.#onSource !== undefined && SOURCE_NAME.test(place.name);
    const head = await readFully(source, isSource ? LARGEST_SOURCE + 1 : HEAD);
    if (isSource && !(place.isScript === true && isOfScript(place, head))) await this.#onSource?.(place.where, head);
    const kind = sniff(head);
    const open = rewound(head, { ...asOpen(source) });
    // Readers of zips look at the end, whatever is in front.
    const isContainer = kind === undefined ? ZIP_NAME.test(place.name) : CONTAINERS.includes(kind);
    if (!isContainer && kind === undefined && !MODEL_NAME.test(place.name) && !CODE_NAME.test(place.where)) return;
    if (!isContainer) return this.#stream(open, head, kind, place, contentOf(head));
    const bytes = await readFully(open, LARGEST_INNER + 1);
    if (bytes.length > LARGEST_INNER)
      return this.#findings.unproven(place.where, 'it is too large to be unpacked inside another file', true);
    await this.content(contentOf(bytes), place);
  }

  #caught(error: unknown, { where }: Place): void {
    if (error instanceof NotFollowed) this.#findings.unproven(where, error.message, error.isStopped);
    else if (isDamage(error)) this.#findings.unproven(where, 'it cannot be unpacked');
    else throw error;
  }
}
