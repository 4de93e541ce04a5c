/** A decoded image, for several inputs made of it: rows from the top, RGB of 8 bits, the right way up. See `readPicture`. */
export class Picture {
  readonly width: number;
  readonly height: number;
  /** `height * width * 3` bytes. */
  readonly data: Uint8Array;

  constructor(width: number, height: number, data: Uint8Array) {
    this.width = width;
    this.height = height;
    this.data = data;
  }
}
