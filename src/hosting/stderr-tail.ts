/** How much is kept for the report on a death. */
const KEPT_LINES = 20;
const KEPT_CHARACTERS = 4096;
/** How long a line waits for the death that it may announce, in milliseconds. */
const HOLD_MS = 250;

interface Line {
  readonly text: string;
  told: boolean;
}

/**
 * The last lines of a worker's standard error. A line is told a moment after it came, unless the worker dies first:
 * then it belongs to the report on the death, and to that alone.
 */
export class StderrTail {
  readonly #tell: (text: string) => void;
  #lines: Line[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  push(text: string): void {
    this.#lines.push({ text, told: false });
    while (this.#lines.length > KEPT_LINES || this.#length() > KEPT_CHARACTERS) this.#tellOne(this.#lines.shift());
    this.#timer ??= setTimeout(() => this.#tellAll(), HOLD_MS);
  }

  /** What was said belongs to a batch that is answered, perhaps another client's. */
  forget(): void {
    this.#tellAll();
    this.#lines = [];
  }

  /** All that is kept, and what of it was not told; `expected` ends announce nothing and tell everything. */
  end(expected: boolean): { readonly stderr: readonly string[]; readonly untold: readonly string[] } {
    if (expected) this.#tellAll();
    clearTimeout(this.#timer);
    return {
      stderr: this.#lines.map(({ text }) => text.slice(0, KEPT_CHARACTERS)),
      untold: this.#lines.filter(({ told }) => !told).map(({ text }) => text),
    };
  }

  #length(): number {
    return this.#lines.reduce((sum, { text }) => sum + Math.min(text.length, KEPT_CHARACTERS), 0);
  }

  #tellAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const line of this.#lines) this.#tellOne(line);
  }

  #tellOne(line: Line | undefined): void {
    if (!line || line.told) return;
    line.told = true;
    this.#tell(line.text);
  }
}
