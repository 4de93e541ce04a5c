/** What the frame header of a JPEG says. */
interface JpegFrame {
  readonly components: number;
  readonly shorter: number;
}

/** Undefined for another format or a header that is not found. */
export function jpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const word = (at: number): number => ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    // SOF0 to SOF15, without the tables DHT, JPG and DAC that lie between them.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { components: bytes[at + 9] ?? 0, shorter: Math.min(word(at + 5), word(at + 7)) };
    at += marker === 0xff ? 1 : 2 + word(at + 2);
  }
  return undefined;
}

/** Pixels of the shorter side of a JPEG, whichever way up it is; 0 for another format. */
export function shorterSide(bytes: Uint8Array): number {
  return jpegFrame(bytes)?.shorter ?? 0;
}
