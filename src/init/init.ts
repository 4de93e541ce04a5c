import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { PIXEL_RANGES, type PixelRange } from '#conventions/pixels.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import { describeValue } from '#models/onnx/model.js';
import { didYouMean } from '#nearest.js';
import { chooseTemplate } from './choose-template.js';
import { classOutput } from './model-shape.js';
import { GENERATED_LABELS, type NamedLabels, nameLabels } from './name-labels.js';
import { type Ask, LABELS_QUESTION, PIXELS_QUESTION, type Question, TEMPLATE_QUESTION } from './questions.js';
import { settingsFor } from './settings.js';
import { type Survey, type SurveyedFormat, survey } from './survey.js';
import { TEMPLATES, type Template } from './template.js';
import { templateFiles } from './template-files.js';
import { writeProject } from './write-project.js';

export interface InitOptions {
  /** Where the model lies and the project goes; with `template` it is made when it does not exist. Default: `cwd`. */
  readonly directory?: string;
  /** Default: what fits the model that is found. */
  readonly template?: Template;
  /** Default: the directory's name. */
  readonly modelName?: string;
  /** Replace files that exist. */
  readonly force?: boolean;
  readonly cwd?: string;
  /** A file with one class a line, copied in when it lies elsewhere. Default: what is found in the directory. */
  readonly labels?: string;
  /** The channel values that an image model was trained with. Default: `imagenet`. */
  readonly pixels?: PixelRange;
  /** Told what the directory holds, before anything is asked. */
  readonly onFound?: (found: Found) => void;
  /** Asked for what neither the options nor the model say; without it the defaults hold. */
  readonly ask?: Ask;
  readonly signal?: AbortSignal;
}

/** What the directory holds that a project can be built on. */
export interface Found {
  /** The model, its inputs and outputs as `name float32[1,3,224,224]` where its format tells them. */
  readonly model?: {
    readonly file: string;
    readonly format: SurveyedFormat;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
  };
  readonly labels?: { readonly file: string; readonly count: number };
}

export interface InitResult extends Found {
  readonly directory: string;
  readonly template: Template;
  readonly modelName: string;
  /** Files written, relative to the directory, sorted. */
  readonly written: readonly string[];
  /** What to look at before trusting the result: one sentence each. */
  readonly notes: readonly string[];
}

/** Looks at a directory and writes what is missing to build, validate and run an archive of it. */
export async function init(options: InitOptions = {}): Promise<InitResult> {
  const cwd = resolve(options.cwd ?? '.');
  const directory = resolve(cwd, options.directory ?? '.');
  if (options.template === undefined && !existsSync(directory)) throw missing(directory);
  const surveyed = await survey(directory);
  options.onFound?.(described(surveyed));
  const template =
    options.template ?? chooseTemplate(surveyed) ?? (await answer(options.ask, TEMPLATE_QUESTION, TEMPLATES));
  const named = await findLabels(template, surveyed, options, cwd, directory);
  const found: Survey = named ? { ...surveyed, labels: named.labels } : surveyed;
  const pixels = options.pixels ?? (await choosePixels(template, options.ask));
  const modelName = options.modelName ?? nameFrom(directory);
  const settings = settingsFor(template, found, pixels ?? 'imagenet');
  const files = await templateFiles(template, { MODEL_NAME: modelName, ...settings });
  const usesLabels = [...files.values()].some((content) => content.includes(GENERATED_LABELS));
  if (named?.copy) files.set(GENERATED_LABELS, named.copy);
  else if (usesLabels && !found.labels) files.set(GENERATED_LABELS, generatedLabels(found));
  options.signal?.throwIfAborted();
  await mkdir(directory, { recursive: true });
  const written = await writeProject(directory, files, options.force ?? false);
  const notes = [...notesOnLabels(found, usesLabels), ...(pixels ? [] : notesOnPixels(template))];
  return { directory, template, modelName, ...described(found), written, notes };
}

const NAMES_CLASSES: readonly Template[] = ['image-classifier', 'eia', 'object-detector', 'text-classifier'];
const TAKES_IMAGES: readonly Template[] = ['image-classifier', 'eia', 'object-detector'];

/** The labels that the options or a person name; undefined where the directory's own, or none, will do. */
async function findLabels(
  template: Template,
  { labels }: Survey,
  options: InitOptions,
  cwd: string,
  directory: string,
): Promise<NamedLabels | undefined> {
  if (options.labels !== undefined) return nameLabels(options.labels, cwd, directory);
  if (labels || !NAMES_CLASSES.includes(template)) return undefined;
  return options.ask && askLabels(options.ask, cwd, directory);
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

async function choosePixels(template: Template, ask: Ask | undefined): Promise<PixelRange | undefined> {
  if (!ask || !TAKES_IMAGES.includes(template)) return undefined;
  return answer(ask, PIXELS_QUESTION, Object.keys(PIXEL_RANGES) as PixelRange[]);
}

/** One of the choices: the answer, or what the question says for none. */
async function answer<T extends string>(ask: Ask | undefined, question: Question, choices: readonly T[]): Promise<T> {
  const given = (await ask?.(question)) || question.otherwise;
  const chosen = choices.find((choice) => choice === given);
  if (chosen !== undefined) return chosen;
  throw new MarError(`'${given}' is not an answer to: ${question.text}`, {
    code: 'ERR_ANSWER',
    hint: `Answer one of ${choices.join(', ')}.`,
  });
}

function missing(directory: string): MarError {
  const parent = dirname(directory);
  const siblings = existsSync(parent) ? readdirSync(parent) : [];
  return new MarError(`The directory ${directory} does not exist${didYouMean(basename(directory), siblings)}.`, {
    code: 'ERR_DIRECTORY_MISSING',
  });
}

function nameFrom(directory: string): string {
  const name = basename(directory)
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '');
  if (name !== '') return name;
  throw new MarError(`The name of the directory ${directory} gives no model name.`, {
    code: 'ERR_MODEL_NAME',
    hint: 'Give one with --model-name.',
  });
}

function described({ model, labels }: Survey): Found {
  const list = (values: readonly Parameters<typeof describeValue>[0][] = []) =>
    values.map((value) => `${value.name} ${describeValue(value)}`);
  return {
    ...(model && {
      model: {
        file: model.file,
        format: model.format,
        inputs: list(model.onnx?.inputs),
        outputs: list(model.onnx?.outputs),
      },
    }),
    ...(labels && { labels }),
  };
}

function generatedLabels({ model }: Survey): Buffer {
  const classes = (model?.onnx && classOutput(model.onnx)?.classes) ?? 1;
  return Buffer.from(Array.from({ length: classes }, (_, index) => `class ${index}\n`).join(''));
}

function notesOnLabels({ model, labels }: Survey, usesLabels: boolean): string[] {
  const classes = model?.onnx && classOutput(model.onnx)?.classes;
  if (!labels)
    return usesLabels ? [`${GENERATED_LABELS} holds made-up names: put the real ones there, one a line.`] : [];
  if (classes === undefined || labels.count === classes) return [];
  return [`${labels.file} has ${labels.count} labels, but the model has ${classes} classes.`];
}

function notesOnPixels(template: Template): string[] {
  if (!TAKES_IMAGES.includes(template)) return [];
  const file = template === 'object-detector' ? 'service.json' : 'service.ts';
  return [
    `The model does not say how images are normalised: ${file} has the values of ImageNet (--pixels imagenet), compare them with your training.`,
  ];
}
