import type { Context } from '../context.js';
import { findModelFile } from '../find-model-file.js';
import { OnnxService } from '../onnx-service.js';
import { readServiceConfig, type ServiceConfig } from './config.js';
import { readMetadata } from './metadata.js';

/** What the ready-made services share: the configuration, and the metadata of the ONNX file. */
export abstract class BuiltinService extends OnnxService {
  /** The name in the manifest. */
  protected abstract readonly name: string;
  /** The sections of service.json that this service reads. */
  protected abstract readonly sections: readonly (keyof ServiceConfig)[];
  protected config: ServiceConfig = {};
  protected metadata: Readonly<Record<string, string>> = {};

  override async initialize(context: Context): Promise<void> {
    this.config = await readServiceConfig(context, this.name, this.sections);
    if (this.config.model !== undefined) this.modelFile = this.config.model;
    await super.initialize(context);
    this.metadata = await readMetadata(await findModelFile(context, this.modelFile));
  }
}
