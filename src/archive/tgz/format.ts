import type { FileFormat } from '../format.js';

/** A gzipped tar: what SageMaker takes. */
export const TGZ: FileFormat = {
  name: 'tgz',
  kind: 'file',
  noun: 'a gzipped tar',
  endings: ['.tar.gz', '.tgz'],
  magic: ['1f8b'],
  order: 'sequential',
  async scan(file, { limits, problems, signal }) {
    const { scanTgz } = await import('./tgz-archive.js');
    return scanTgz(file, limits, problems, signal);
  },
  written: [
    {
      name: 'tgz',
      ending: '.tar.gz',
      summary: 'NAME.tar.gz',
      compresses: false,
      async open(path, modelName, settings) {
        const { TgzWriter } = await import('./tgz-writer.js');
        return new TgzWriter(path, `${modelName}/`, settings);
      },
    },
    {
      name: 'tgz-flat',
      ending: '.tar.gz',
      summary: 'NAME.tar.gz without the folder NAME in it',
      compresses: false,
      async open(path, _modelName, settings) {
        const { TgzWriter } = await import('./tgz-writer.js');
        return new TgzWriter(path, '', settings);
      },
    },
  ],
};
