import { acceleratorVariables, type EmulatedAccelerator } from '#device/emulated.js';
import { type RequestedAccelerators, requestedAccelerators } from '#device/requested-accelerators.js';
import { MarError } from '#errors/mar-error.js';
import type { Worker, WorkerOptions } from '#hosting/worker.js';
import type { JsonObject } from '#json-object.js';
import type { Log } from '../log.js';
import { AcceleratedWorker, faultError } from './accelerated-worker.js';
import { Accelerator, type Tenant } from './accelerator.js';
import { type AcceleratorDescription, describeAccelerator } from './description.js';
import { modelBytes } from './model-bytes.js';

/** As SageMaker tells its containers; its local mode does it too. */
const PRESENT = { SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT: 'true' };

/** What is attached, and who may see it. */
export interface AttachedAccelerators {
  readonly attached: readonly EmulatedAccelerator[];
  /** In the order of handlers: `eia:0` is the first. */
  readonly visible: readonly EmulatedAccelerator[];
  readonly concurrency: number;
  /** EI_VISIBLE_DEVICES, for handlers; absent where it is not set. */
  readonly visibleDevices?: string;
}

/** Bytes that the models of a directory need for a batch; undefined where it holds none that is known. */
export type ModelMemory = (modelDir: string, batchSize: number) => Promise<number | undefined>;

/** What is known of a model before its worker starts. */
export interface AcceleratedModel {
  readonly name: string;
  readonly modelDir: string;
  readonly batchSize: number;
  readonly manifest: { readonly extensions: JsonObject };
}

/** Starts the process of a worker with these variables and options besides its own. */
export type BeginWorker = (
  more: { readonly env: Readonly<Record<string, string>> } & Pick<WorkerOptions, 'gpuId'>,
) => Promise<Worker>;

/** The emulated accelerators of a server, in order of their ordinals. */
export class Accelerators {
  readonly list: readonly Accelerator[];
  readonly #visible: readonly Accelerator[];
  readonly #log: Log;
  readonly #memory: ModelMemory;
  /** What every worker's environment says. */
  readonly #variables: Readonly<Record<string, string>>;

  constructor(
    { attached, visible, concurrency, visibleDevices }: AttachedAccelerators,
    log: Log = () => {},
    memory: ModelMemory = async () => undefined,
  ) {
    this.#memory = memory;
    this.#variables = { ...PRESENT, ...(visibleDevices !== undefined && { EI_VISIBLE_DEVICES: visibleDevices }) };
    this.list = attached.map((facts) => new Accelerator(facts, concurrency));
    this.#visible = visible.flatMap(({ ordinal }) => this.list[ordinal] ?? []);
    this.#log = log;
  }

  /** By its ordinal or id. Throws `ERR_ACCELERATOR`. */
  get(name: string): Accelerator {
    const found = this.list.find(({ facts }) => facts.id === name || String(facts.ordinal) === name);
    if (found) return found;
    const there = this.list.map(({ facts }) => `${facts.ordinal} (${facts.id})`).join(', ');
    throw new MarError(`No accelerator ${name} is attached; there are ${there}.`, {
      code: 'ERR_ACCELERATOR',
      subject: name,
    });
  }

  describe(accelerator: Accelerator): AcceleratorDescription {
    const at = this.#visible.indexOf(accelerator);
    return describeAccelerator(accelerator, at < 0 ? undefined : at);
  }

  describeAll(): AcceleratorDescription[] {
    return this.list.map((accelerator) => this.describe(accelerator));
  }

  /** How many accelerators a model can be spread over here; 0 where it asks for none, or for others. Throws `ERR_DEVICE_DECLARATION`. */
  seatsOf({ manifest }: Pick<AcceleratedModel, 'manifest'>): number {
    const request = requestedAccelerators(manifest.extensions);
    return request?.ordinals.filter((ordinal) => this.#visible[ordinal] !== undefined).length ?? 0;
  }

  /** Those on which the model has a worker. */
  of(model: string): Accelerator[] {
    return this.list.filter(({ tenants }) => [...tenants].some((tenant) => tenant.model === model));
  }

  /**
   * Starts a worker on the accelerator that its archive asks for, of several on the one with the fewest workers of the model. Throws
   * `ERR_DEVICE_DECLARATION`, `ERR_ACCELERATOR_MEMORY`, and where the archive allows no cpu instead `ERR_DEVICE_UNAVAILABLE` and
   * `ERR_ACCELERATOR_FAULT`.
   */
  async start(model: AcceleratedModel, worker: string, begin: BeginWorker): Promise<Worker> {
    const request = requestedAccelerators(model.manifest.extensions);
    if (!request) return begin({ env: this.#variables });
    const bytes = await this.#bytesOf(model);
    const tenant: Tenant = { model: model.name, worker, bytes, ranOn: 'host' };
    const seat = this.#seat(request, tenant);
    if (!seat) {
      this.#absent(request, tenant);
      return begin({ env: this.#variables });
    }
    const { accelerator, visibleAs } = seat;
    const { fallback, type } = request;
    const { facts, fault } = accelerator;
    if (fault !== undefined && fallback === 'fail') throw faultError({ accelerator }, fault);
    if (type !== facts.type) this.#otherType(type, facts, tenant);
    accelerator.admit(tenant);
    const leave = (): void => void accelerator.tenants.delete(tenant);
    try {
      const variables = acceleratorVariables({ accelerator: facts, visibleAs });
      const started = await begin({ env: { ...this.#variables, ...variables }, gpuId: -1 });
      tenant.ranOn = started.sessions?.running ?? 'host';
      void started.exited.then(leave);
      return new AcceleratedWorker(started, { accelerator, tenant, fallback, log: this.#log });
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** What is known of the graph; else the rule of thumb. */
  async #bytesOf({ modelDir, batchSize }: AcceleratedModel): Promise<number> {
    const known = await this.#memory(modelDir, Math.max(1, batchSize)).catch((error: unknown) => {
      if (error instanceof MarError) return undefined;
      throw error;
    });
    return known ?? modelBytes(modelDir);
  }

  #seat({ ordinals }: RequestedAccelerators, { model, bytes }: Tenant) {
    const seats = ordinals.flatMap((visibleAs) => {
      const accelerator = this.#visible[visibleAs];
      return accelerator ? [{ accelerator, visibleAs }] : [];
    });
    const taken = ({ accelerator }: { accelerator: Accelerator }): number =>
      [...accelerator.tenants].filter((tenant) => tenant.model === model).length;
    const sorted = seats.sort((a, b) => taken(a) - taken(b));
    return sorted.find(({ accelerator }) => accelerator.hasRoom(bytes)) ?? sorted[0];
  }

  #absent({ type, ordinals, fallback }: RequestedAccelerators, { model, worker }: Tenant): void {
    const there = this.#visible.map(({ facts }, index) => `eia:${index} (${facts.type})`).join(', ');
    const wanted = ordinals.map((ordinal) => `eia:${ordinal}`).join(' or ');
    const message = `Model ${model} asks for ${wanted} (${type}), and handlers see ${there || 'no accelerator'}.`;
    const hint = 'Attach as many as it asks for (--accelerators); EI_VISIBLE_DEVICES hides and renumbers them.';
    if (fallback === 'fail') throw new MarError(message, { code: 'ERR_DEVICE_UNAVAILABLE', hint });
    this.#log({
      level: 'warn',
      event: 'accelerator-absent',
      message: `${message} It runs on the cpu`,
      model,
      worker,
      hint,
    });
  }

  #otherType(type: string, facts: EmulatedAccelerator, { model, worker }: Tenant): void {
    const message = `Model ${model} was packed for ${type} and is emulated on ${facts.type}, whose memory counts`;
    this.#log({ level: 'warn', event: 'accelerator-type', message, model, worker });
  }
}
