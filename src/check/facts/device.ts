import { isObject, type JsonObject } from '../json-document.js';
import { type ManifestDocument, objectAt } from './manifest.js';

/** The device part of a manifest, as written: nothing in it is known to be right. */
export interface DeviceFact {
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

/** Undefined when the archive declares no device. */
export function readDevice(manifest: ManifestDocument): DeviceFact | undefined {
  const extensions = objectAt(manifest.model, 'extensions');
  const eia = isObject(extensions['eia']) ? extensions['eia'] : undefined;
  const device = isObject(manifest.archiver['device']) ? manifest.archiver['device'] : undefined;
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
