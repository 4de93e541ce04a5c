import type { EmulatedAccelerator } from './emulated.js';

/** A device as handlers and manifests write it: `cpu`, `gpu:N` or `eia:N`. */
export interface Device {
  readonly kind: 'cpu' | 'gpu' | 'eia';
  /** 0-based; 0 for cpu. */
  readonly ordinal: number;
}

/** What a handler sees as `context.device`: where the model is declared to run, and where it really runs. */
export interface DeviceContext {
  /** Declared context of the model: `cpu`, `gpu:N` or `eia:N`. */
  readonly model: string;
  /** Declared context of the inputs; always `cpu` for an accelerator (ELASTIC INFERENCE: an NDArray on eia fails). */
  readonly data: string;
  /** The accelerator the archive asks for, when `model` is `eia:N`. */
  readonly accelerator?: { readonly type: string; readonly count: number };
  /** What to do where the declared device is absent. */
  readonly fallback: 'cpu' | 'fail';
  /** The accelerator that the local server emulates for this worker (`mar serve-local --accelerators`); the work runs on `running` all the same. */
  readonly emulated?: EmulatedAccelerator;
  /** The device that runs the model here, after the fallback: `cpu` or `gpu:N`. */
  readonly running: string;
  /** ONNX Runtime execution providers for a session on `running`, best first. */
  readonly executionProviders: readonly string[];
}
