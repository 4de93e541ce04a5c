import { MarError, messageOf } from '#errors/mar-error.js';
import { didYouMean } from '#nearest.js';
import type { FoundModel } from './found/find-models.js';
import { type NamedLabels, nameLabels } from './found/name-labels.js';
import type { Survey } from './found/survey.js';
import { type Ask, LABELS_QUESTION, modelQuestion, type Question } from './questions.js';
import type { Template } from './template.js';

export const NAMES_CLASSES: readonly Template[] = ['image-classifier', 'eia', 'object-detector', 'text-classifier'];
export const TAKES_IMAGES: readonly Template[] = ['image-classifier', 'eia', 'object-detector'];

/** The model that the options name, a person chooses among several, or the first; `ERR_MODEL_MISSING` for a name that is none. */
export async function chooseModel(
  models: readonly FoundModel[],
  wanted: string | undefined,
  ask: Ask | undefined,
): Promise<FoundModel | undefined> {
  const files = models.map(({ file }) => file);
  if (wanted !== undefined) {
    const model = models.find(({ file }) => file === wanted.replace(/^\.\//, ''));
    if (model) return model;
    const held = files.length === 0 ? 'no model' : files.join(', ');
    throw new MarError(`There is no model ${wanted} in the directory${didYouMean(wanted, files)}: it holds ${held}.`, {
      code: 'ERR_MODEL_MISSING',
    });
  }
  if (models.length < 2 || !ask) return models[0];
  const file = await answer(ask, modelQuestion(models), files);
  return models.find((model) => model.file === file);
}

/** The labels that a person names; undefined where the directory's own, or none, will do. */
export async function chooseLabels(
  areWanted: boolean,
  { labels }: Survey,
  ask: Ask | undefined,
  cwd: string,
  directory: string,
): Promise<NamedLabels | undefined> {
  if (labels || !areWanted) return undefined;
  return ask && askLabels(ask, cwd, directory);
}

/** A file that cannot be read is asked for again, twice. */
async function askLabels(ask: Ask, cwd: string, directory: string): Promise<NamedLabels | undefined> {
  let question: Question = LABELS_QUESTION;
  for (let attempt = 1; ; attempt += 1) {
    const path = await ask(question);
    if (path === '') return undefined;
    try {
      return await nameLabels(path, cwd, directory);
    } catch (error) {
      if (attempt === 3) throw error;
      question = { ...LABELS_QUESTION, text: messageOf(error) };
    }
  }
}

/** One of the choices: the answer, or what the question says for none. */
export async function answer<T extends string>(
  ask: Ask | undefined,
  question: Question,
  choices: readonly T[],
): Promise<T> {
  const given = (await ask?.(question)) || question.otherwise;
  const chosen = choices.find((choice) => choice === given);
  if (chosen !== undefined) return chosen;
  throw new MarError(`'${given}' is not an answer to: ${question.text}`, {
    code: 'ERR_ANSWER',
    hint: `Answer one of ${choices.join(', ')}.`,
  });
}
