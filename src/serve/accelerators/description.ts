import { hostname } from 'node:os';
import type { Accelerator } from './accelerator.js';
import type { Times } from './call-times.js';

/** An accelerator as `describe-accelerators` of the AWS command line showed it, and, in `emulation`, what only an emulated one has. */
export interface AcceleratorDescription {
  readonly acceleratorHealth: { readonly status: 'healthy' | 'unhealthy' };
  readonly acceleratorType: string;
  readonly acceleratorId: string;
  /** No zone: `emulated`. */
  readonly availabilityZone: string;
  /** No ARN: `emulated:` and the name of this machine. */
  readonly attachedResource: string;
  readonly emulation: Emulation;
}

export interface Emulation {
  /** What a reader must know of the times here. */
  readonly note: string;
  readonly ordinal: number;
  /** Its context in handlers behind EI_VISIBLE_DEVICES, `eia:N`; absent where they do not see it. */
  readonly context?: string;
  readonly connected: boolean;
  readonly memory: { readonly sizeInMiB: number; readonly usedInMiB: number };
  /** Calls that may run at once. */
  readonly concurrency: number;
  readonly models: readonly {
    readonly modelName: string;
    readonly worker: string;
    readonly memoryInMiB: number;
    readonly ranOn: string;
  }[];
  readonly calls: {
    readonly running: number;
    readonly waiting: number;
    /** Batches that were answered without it, because of a fault. */
    readonly fallbacks: number;
    /** Milliseconds from the request for a turn to its begin. */
    readonly queueTimeMs: Times;
    /** Milliseconds of the turns, on `models[].ranOn`: not an accelerator's. */
    readonly runTimeMs: Times;
  };
}

const NOTE =
  'No accelerator computed anything here: calls take turns on this machine, and the times are those of what ranOn names.';

/** What there is to say of an accelerator now. `visibleAs` is its number for handlers. */
export function describeAccelerator(accelerator: Accelerator, visibleAs: number | undefined): AcceleratorDescription {
  const { id, type, ordinal, memoryMiB } = accelerator.facts;
  const mebibytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;
  return {
    acceleratorHealth: { status: accelerator.health },
    acceleratorType: type,
    acceleratorId: id,
    availabilityZone: 'emulated',
    attachedResource: `emulated:${hostname()}`,
    emulation: {
      note: NOTE,
      ordinal,
      ...(visibleAs !== undefined && { context: `eia:${visibleAs}` }),
      connected: accelerator.connected,
      memory: { sizeInMiB: memoryMiB, usedInMiB: mebibytes(accelerator.usedBytes) },
      concurrency: accelerator.concurrency,
      models: [...accelerator.tenants].map(({ model, worker, bytes, ranOn }) => ({
        ...{ modelName: model, worker, memoryInMiB: mebibytes(bytes), ranOn },
      })),
      calls: {
        running: accelerator.running,
        waiting: accelerator.waiting,
        fallbacks: accelerator.fallbacks,
        queueTimeMs: accelerator.queued.summary(),
        runTimeMs: accelerator.ran.summary(),
      },
    },
  };
}
