import type { ConversionTarget } from '../conversion.js';
import { carryArchive } from '../servers/carry-archive.js';
import { settingsOutside } from '../servers/settings.js';

/** An archive that Multi Model Server loads. */
export const MMS: ConversionTarget = {
  name: 'mms',
  form: 'default',
  ending: '.mar',
  judgedAs: 'mms',
  plan: async (source, options) =>
    carryArchive(source, options, {
      server: 'mms',
      settings: {
        carried: [],
        lost: await settingsOutside(
          source,
          (query) => `Multi Model Server reads no settings from archives: register it with ${query}`,
        ),
      },
      notes: ['mar validate --target mms finds no error in it; mar test runs its golden cases.'],
    }),
};
