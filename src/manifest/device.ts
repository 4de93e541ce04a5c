import { isObject, type JsonObject, objectAt } from '#json-object.js';

/** The device part of a manifest, as written: nothing in it is known to be right. */
export interface WrittenDevice {
  /** `model.extensions.eia`. */
  readonly eia: JsonObject | undefined;
  /** `model.extensions.modelArchiver.device`. */
  readonly device: JsonObject | undefined;
  /** The declared context of the model and of its inputs. */
  readonly modelContext: unknown;
  readonly dataContext: unknown;
  /** JSON pointer of the declaration. */
  readonly pointer: string;
}

/** What `model.extensions` declares; undefined where it declares no device. */
export function writtenDevice(extensions: JsonObject): WrittenDevice | undefined {
  const eia = isObject(extensions['eia']) ? extensions['eia'] : undefined;
  const written = objectAt(extensions, 'modelArchiver')['device'];
  const device = isObject(written) ? written : undefined;
  if (!eia && !device) return undefined;
  const contexts = eia ? objectAt(eia, 'contexts') : (device ?? {});
  return {
    eia,
    device,
    modelContext: contexts['model'],
    dataContext: contexts['data'],
    pointer: eia ? '/model/extensions/eia' : '/model/extensions/modelArchiver/device',
  };
}
