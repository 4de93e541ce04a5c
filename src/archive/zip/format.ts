import type { FileFormat, WrittenForm } from '../format.js';

const open: WrittenForm['open'] = async (path, _modelName, settings) => {
  const { ZipWriter } = await import('./zip-writer.js');
  return ZipWriter.open(path, settings);
};

/** Zip, the usual format; `.model` is what archives of version 0.4 are called. */
export const ZIP: FileFormat = {
  name: 'zip',
  kind: 'file',
  noun: 'a zip',
  endings: ['.mar', '.model', '.zip'],
  // A local header, the end record of an empty zip, the marker of a split one.
  magic: ['504b0304', '504b0506', '504b0708'],
  endMagic: Buffer.from('PK\x05\x06', 'latin1'),
  order: 'any',
  async scan(file, { limits, problems, secondOpinion }) {
    const { scanZip } = await import('./zip-archive.js');
    return scanZip(file, limits, problems, secondOpinion);
  },
  written: [
    { name: 'default', ending: '.mar', summary: 'NAME.mar', compresses: true, open },
    { name: 'zip-store', ending: '.mar', summary: 'NAME.mar without compression', compresses: false, open },
  ],
};
