import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TOKENIZER_FILE } from '#conventions/builtin-services.js';
import { GOLDEN_CASES_DIR } from '#conventions/golden-cases.js';
import { chooseLabelFile, countLabels } from '#conventions/label-files.js';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import { type ExistingService, findService } from '#handler/find-service.js';
import { type ExistingConfig, readExistingConfig } from './existing-config.js';
import { type FoundModel, findModels } from './find-models.js';

/** What a directory holds that a project can be built on. */
export interface Survey {
  /** The model files of the best known format, the most likely one first. */
  readonly models: readonly FoundModel[];
  /** The file with the labels. */
  readonly labels?: { readonly file: string; readonly count: number };
  /** A tokenizer of the Hugging Face form. */
  readonly tokenizer?: string;
  /** A handler that somebody has written. */
  readonly service?: ExistingService;
  /** A configuration of builds that is there already. */
  readonly config?: ExistingConfig;
  /** Names of the golden cases that are there already. */
  readonly cases: readonly string[];
}

/** Looks at the files of a directory; models are looked for one level below it, too, where there is none at its top. */
export async function survey(directory: string): Promise<Survey> {
  const files = await list(directory);
  const labels = chooseLabelFile(files);
  const tokenizer = files.find((file) => file === TOKENIZER_FILE);
  const service = await findService(directory, files);
  const config = await readExistingConfig(directory, files);
  return {
    models: await findModels(directory, files),
    ...(labels && {
      labels: { file: labels, count: countLabels(await readFile(join(directory, labels), 'utf8'), labels) },
    }),
    ...(tokenizer && { tokenizer }),
    ...(service && { service }),
    ...(config && { config }),
    cases: (await list(join(directory, GOLDEN_CASES_DIR))).filter((name) => name.endsWith('.json')),
  };
}

/** Names of the files in a directory, sorted; none where it does not exist. */
async function list(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new MarError(`${directory} cannot be read as a directory: ${messageOf(error)}.`, {
      code: 'ERR_DIRECTORY_UNREADABLE',
      cause: error,
    });
  }
}
