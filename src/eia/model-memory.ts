import { openArchive } from '#archive/open.js';
import { readModels } from './models.js';

/**
 * Bytes that the models of an archive or model directory need at least for a batch, whatever runs them: weights, inputs and results; of a
 * graph that is not read, the size of its files. Undefined where there is no model. Throws what opening an archive throws.
 */
export async function modelMemory(path: string, batchSize: number): Promise<number | undefined> {
  const archive = await openArchive(path);
  try {
    const models = await readModels(archive, { batch: batchSize, axes: {} });
    const bytes = models.map(({ estimate, fileBytes }) =>
      estimate ? estimate.weights + estimate.activations : fileBytes,
    );
    return bytes.length === 0 ? undefined : bytes.reduce((sum, one) => sum + one);
  } finally {
    await archive.close();
  }
}
