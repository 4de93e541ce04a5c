import type { ConversionTarget } from '../conversion.js';
import { carryArchive } from '../servers/carry-archive.js';
import { settingsInFile } from '../servers/settings.js';

/** An archive that TorchServe loads, with the settings in the file that it reads. */
export const TORCHSERVE: ConversionTarget = {
  name: 'torchserve',
  form: 'default',
  ending: '.mar',
  judgedAs: 'torchserve',
  plan: async (source, options) =>
    carryArchive(source, options, {
      server: 'torchserve',
      settings: await settingsInFile(source, options),
      notes: ['mar validate --target torchserve finds no error in it; mar test runs its golden cases.'],
    }),
};
