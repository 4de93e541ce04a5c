import type { ModelManager } from './model-manager.js';

/**
 * How far the start of a server is. Its ports are taken first, so that a port in use is told before anything is unpacked, but
 * requests are held until the models of the start are registered: Multi Model Server does not listen sooner, and whoever is
 * answered may rely on them.
 */
export class Readiness {
  readonly #manager: ModelManager;
  /** Sources of the start that are not registered yet. */
  readonly #sources = new Set<string>();
  /** Requests that wait for the registrations; undefined once those are done. */
  #held: (() => void)[] | undefined = [];
  #ended = false;

  constructor(manager: ModelManager) {
    this.#manager = manager;
  }

  /** True until the models of the start are registered, or the server ends. */
  get holding(): boolean {
    return this.#held !== undefined;
  }

  /** The server ends: it is not ready any more, whatever it still finishes, and holds no request. */
  end(): void {
    this.#ended = true;
    this.open();
  }

  /** True once it ends. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Runs it when the models of the start are registered, in the order of the calls; never when the start fails. */
  hold(run: () => void): void {
    if (this.#held) this.#held.push(run);
    else run();
  }

  /** A source of the start is about to be registered. */
  expect(source: string): void {
    this.#sources.add(source);
  }

  /** A source is registered now, or given up. */
  settled(source: string): void {
    this.#sources.delete(source);
  }

  /** Everything of the start is registered, or will not be: lets the held requests through. */
  open(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) run();
  }

  /**
   * What a start still lacks, sorted: sources that are not registered yet, and registered models of the start none of whose workers
   * is loaded at this moment. A model of the start that was unregistered counts no more.
   */
  waiting(): string[] {
    const models = this.#manager
      .list()
      .filter((model) => model.loadedAtStartup && !model.pool.slots.some(({ state }) => state === 'ready'));
    return [...this.#sources, ...models.map(({ name }) => name)].sort();
  }
}
