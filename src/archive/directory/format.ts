import type { DirectoryFormat } from '../format.js';

/** A directory: an archive that nobody has packed into one file. */
export const DIRECTORY: DirectoryFormat = {
  name: 'directory',
  kind: 'directory',
  order: 'any',
  async scan(path, { limits, problems }) {
    const { scanDirectory } = await import('./directory-archive.js');
    return scanDirectory(path, limits, problems);
  },
  written: [
    {
      name: 'no-archive',
      ending: '',
      summary: 'the directory NAME',
      compresses: false,
      async open(path, _modelName, settings) {
        const { DirectoryWriter } = await import('./directory-writer.js');
        return new DirectoryWriter(path, settings);
      },
      async openInPlace(path, settings) {
        const { InPlaceWriter } = await import('./in-place-writer.js');
        return new InPlaceWriter(path, settings);
      },
    },
  ],
};
