import { setMaxListeners } from 'node:events';
import type { EmulatedAccelerator } from '#device/emulated.js';
import { MarError } from '#errors/mar-error.js';
import { Turns } from '../workers/turns.js';
import { CallTimes } from './call-times.js';

/** What is wrong with an accelerator, injected by whoever tests what happens then. */
export type Fault = 'unhealthy' | 'disconnected';

/** A worker whose model lies in the memory of an accelerator. */
export interface Tenant {
  readonly model: string;
  /** Id of the worker. */
  readonly worker: string;
  readonly bytes: number;
  /** Where its sessions run, once they are loaded: `cpu`, `gpu:N`, or `host` where only the handler knows. */
  ranOn: string;
}

/** How a turn went. */
export interface Turn<T> {
  readonly value: T;
  /** Milliseconds from the request for the turn to its begin. */
  readonly queuedMs: number;
  readonly ranMs: number;
  /** What went wrong while it ran. */
  readonly fault: Fault | undefined;
}

const MIB = 2 ** 20;

/**
 * One emulated accelerator: a memory of a certain size, and turns, one after the other in the order in which they were asked for, whatever
 * model and worker asks. What runs in a turn runs on this machine.
 */
export class Accelerator {
  readonly facts: EmulatedAccelerator;
  /** Calls that may run at once. */
  readonly concurrency: number;
  readonly queued = new CallTimes();
  readonly ran = new CallTimes();
  readonly tenants = new Set<Tenant>();
  #running = 0;
  #waiting = 0;
  #fallbacks = 0;
  #health: 'healthy' | 'unhealthy' = 'healthy';
  #connected = true;
  #broken = newSignal();
  readonly #turns: Turns;

  constructor(facts: EmulatedAccelerator, concurrency: number) {
    this.facts = facts;
    this.concurrency = concurrency;
    this.#turns = new Turns(concurrency);
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Batches that were answered without it, because of a fault. */
  get fallbacks(): number {
    return this.#fallbacks;
  }

  get health(): 'healthy' | 'unhealthy' {
    return this.#health;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Undefined while it works. */
  get fault(): Fault | undefined {
    if (!this.#connected) return 'disconnected';
    return this.#health === 'unhealthy' ? 'unhealthy' : undefined;
  }

  /** Bytes of its memory that models have. */
  get usedBytes(): number {
    return [...this.tenants].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether so many bytes more have room. */
  hasRoom(bytes: number): boolean {
    return this.usedBytes + bytes <= this.facts.memoryMiB * MIB;
  }

  /** Puts a model into its memory. Throws `ERR_ACCELERATOR_MEMORY`. */
  admit(tenant: Tenant): void {
    if (!this.hasRoom(tenant.bytes)) throw this.#tooSmall(tenant);
    this.tenants.add(tenant);
  }

  /** Sets what is given and leaves the rest; turns that wait for a broken accelerator end with its fault. */
  set({ health, connected }: { health?: 'healthy' | 'unhealthy' | undefined; connected?: boolean | undefined }): void {
    const before = this.fault;
    this.#health = health ?? this.#health;
    this.#connected = connected ?? this.#connected;
    const { fault } = this;
    if (fault === before) return;
    if (before !== undefined) this.#broken = newSignal();
    if (fault !== undefined) this.#broken.abort(fault);
  }

  /** Counts a batch that was answered without it. */
  countFallback(): void {
    this.#fallbacks += 1;
  }

  /** Runs a call when its turn comes; only the fault where the accelerator is broken before. */
  async call<T>(run: () => Promise<T>): Promise<Turn<T> | { readonly fault: Fault }> {
    const asked = performance.now();
    const { signal } = this.#broken;
    let begun: number | undefined;
    this.#waiting += 1;
    try {
      return await this.#turns.run(signal, async () => {
        this.#waiting -= 1;
        this.#running += 1;
        begun = performance.now();
        const queuedMs = begun - asked;
        this.queued.add(queuedMs);
        const value = await run();
        const ranMs = performance.now() - begun;
        this.ran.add(ranMs);
        return { value, queuedMs, ranMs, fault: faultOf(signal) };
      });
    } catch (error) {
      const fault = begun === undefined ? faultOf(signal) : undefined;
      if (fault === undefined) throw error;
      return { fault };
    } finally {
      if (begun === undefined) this.#waiting -= 1;
      else this.#running -= 1;
    }
  }

  #tooSmall({ model, bytes }: Tenant): MarError {
    const { id, type, ordinal, memoryMiB } = this.facts;
    const taken = this.usedBytes === 0 ? 'all of it free' : `${mebibytes(this.usedBytes)} of it taken`;
    const others = [...new Set([...this.tenants].map((tenant) => tenant.model))].join(', ');
    return new MarError(
      `Model ${model} needs ${mebibytes(bytes)} for each worker, and the emulated accelerator ${ordinal} (${type}, ${id}) has ${memoryMiB} MiB, ${taken}${others && ` by ${others}`}.`,
      {
        code: 'ERR_ACCELERATOR_MEMORY',
        hint:
          this.usedBytes === 0
            ? 'Attach a larger type (--accelerators), or serve a smaller model.'
            : 'Start fewer workers (the post on Elastic Inference has one), unregister a model, or attach a larger type.',
      },
    );
  }
}

/** What the signal was given up for. */
function faultOf({ aborted, reason }: AbortSignal): Fault | undefined {
  if (!aborted) return undefined;
  return reason === 'unhealthy' ? 'unhealthy' : 'disconnected';
}

/** `230.5 MiB`. */
function mebibytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

/** Each waiting call listens to it. */
function newSignal(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
