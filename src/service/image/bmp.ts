/** Pixels as a decoder gives them: rows from the top, RGB or RGBA of 8 bits. */
export interface RawImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** Pixels that one image may have: as many as the decoder of all other formats allows. */
const MOST_PIXELS = 0x3fff * 0x3fff;

/** Compressions: none, and masks for the bits of each colour. */
const NONE = 0;
const MASKS = [3, 6];

/** True for the bytes of a Windows bitmap. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length > 26;
}

/**
 * A Windows bitmap of 1, 4, 8, 16, 24 or 32 bits a pixel, without compression. As by Pillow, the fourth byte of 32 bits is no
 * transparency. Throws a RangeError that says what is wrong with it.
 */
export function decodeBmp(bytes: Uint8Array): RawImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = view.getUint32(10, true);
  const header = view.getUint32(14, true);
  const isOld = header === 12;
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true);
  const signed = isOld ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(isOld ? 24 : 28, true);
  const compression = isOld ? NONE : view.getUint32(30, true);
  const height = Math.abs(signed);
  if (width <= 0 || height === 0 || width * height > MOST_PIXELS)
    throw new RangeError(`a bitmap of ${width} x ${signed}`);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new RangeError(`a bitmap of ${bits} bits a pixel`);
  if (compression !== NONE && !MASKS.includes(compression))
    throw new RangeError('a bitmap with compression, expected one without');
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (start + stride * height > bytes.length) throw new RangeError('a bitmap that is cut off');
  const palette = bits <= 8 ? { at: 14 + header, width: isOld ? 3 : 4 } : undefined;
  const masks = masksOf(view, bits, MASKS.includes(compression) ? 14 + 40 : undefined);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = start + stride * (signed < 0 ? y : height - 1 - y);
    for (let x = 0; x < width; x++, to += 3) {
      if (palette) {
        const byte = bytes[row + Math.floor((x * bits) / 8)] ?? 0;
        const index = (byte >> (8 - bits - ((x * bits) % 8))) & (2 ** bits - 1);
        const from = palette.at + index * palette.width;
        for (let channel = 0; channel < 3; channel++) data[to + channel] = bytes[from + 2 - channel] ?? 0;
      } else if (bits === 24) {
        for (let channel = 0; channel < 3; channel++) data[to + channel] = bytes[row + x * 3 + 2 - channel] ?? 0;
      } else {
        const pixel = bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
        for (let channel = 0; channel < 3; channel++) data[to + channel] = masked(pixel, masks[channel] ?? 0);
      }
    }
  }
  return { data, width, height, channels: 3 };
}

/** Bits of red, green and blue: as the file says, else five of each in 16, eight of each in 32. */
function masksOf(view: DataView, bits: number, at: number | undefined): readonly number[] {
  if (at !== undefined) return [0, 4, 8].map((offset) => view.getUint32(at + offset, true));
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
}

/** The bits under a mask, spread over 0 to 255. */
function masked(pixel: number, mask: number): number {
  if (mask === 0) return 0;
  const lowest = (mask & -mask) >>> 0;
  const most = (mask >>> 0) / lowest;
  return Math.round((((pixel & mask) >>> 0) / lowest) * (255 / most));
}
