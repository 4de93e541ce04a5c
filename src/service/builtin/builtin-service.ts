import type { BuiltinName } from '#conventions/builtin-services.js';
import type { Context } from '../context.js';
import { OnnxService } from '../onnx-service.js';
import { readServiceConfig, type ServiceConfig } from './config.js';

/** What the ready-made services share: the configuration, and the metadata of the ONNX file. */
export abstract class BuiltinService<Found = undefined> extends OnnxService<Found> {
  /** The name in the manifest. */
  protected abstract readonly name: BuiltinName;
  protected config: ServiceConfig = {};

  /** The metadata properties of the ONNX file, such as `Image.BitmapPixelFormat` or `names`. */
  protected get metadata(): Readonly<Record<string, string>> {
    return this.session.model?.metadata ?? {};
  }

  override async initialize(context: Context): Promise<void> {
    this.config = await readServiceConfig(context, this.name);
    if (this.config.model !== undefined) this.modelFile = this.config.model;
    if (this.config.batch !== undefined) this.batch = this.config.batch;
    await super.initialize(context);
  }
}
