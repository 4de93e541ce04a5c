import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { PIXEL_RANGES, type PixelRange } from '#conventions/pixels.js';
import { MarError } from '#errors/mar-error.js';
import { describeValue } from '#models/onnx/model.js';
import { didYouMean } from '#nearest.js';
import { chooseTemplate } from './choose-template.js';
import { answer, chooseLabels, chooseModel, NAMES_CLASSES, TAKES_IMAGES } from './decide.js';
import type { FoundModel, SurveyedFormat } from './found/find-models.js';
import { GENERATED_LABELS, labelsInside, nameLabels } from './found/name-labels.js';
import { type Survey, survey } from './found/survey.js';
import { addGoldenCase, type Recorder } from './golden-case.js';
import { notesOnBoxes, notesOnLabels, notesOnModels, notesOnPixels } from './notes.js';
import { projectFiles } from './project-files.js';
import { type Ask, pixelsQuestion, TEMPLATE_QUESTION } from './questions.js';
import { fitOf, usualPixels } from './settings.js';
import { TEMPLATES, type Template } from './template.js';
import { writeProject } from './write-project.js';

export interface InitOptions {
  /** Where the model lies and the project goes; with `template` it is made when it does not exist. Default: `cwd`. */
  readonly directory?: string;
  /** Default: the handler that is there, else what fits the model that is found. */
  readonly template?: Template;
  /** Which of several models the archive serves, relative to the directory. Default: the one with most weights. */
  readonly model?: string;
  /** Default: the directory's name. */
  readonly modelName?: string;
  /** Replace files that exist, after a copy of what differs. */
  readonly force?: boolean;
  readonly cwd?: string;
  /** A file with one class a line, copied in when it lies elsewhere. Default: what is found in the directory. */
  readonly labels?: string;
  /** The channel values that an image model was trained with. Default: `imagenet`; for detectors, what their service takes. */
  readonly pixels?: PixelRange;
  /** Also runs a handler that was there already, to record what it answers as a golden case. */
  readonly run?: boolean;
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
  /** Other models of that format. */
  readonly otherModels?: readonly string[];
  readonly labels?: { readonly file: string; readonly count: number };
  /** A handler that was there already. */
  readonly service?: string;
}

export interface InitResult extends Found {
  readonly directory: string;
  readonly template: Template;
  readonly modelName: string;
  /** Files written, relative to the directory, sorted. */
  readonly written: readonly string[];
  /** Files that were there and stay as they are. */
  readonly kept: readonly string[];
  /** Copies of files that were replaced. */
  readonly backups: readonly string[];
  /** What to look at before trusting the result: one sentence each. */
  readonly notes: readonly string[];
}

/** Looks at a directory and writes what is missing to build, validate and run an archive of it; `record` asks the model for its golden case. */
export async function init(options: InitOptions, record: Recorder): Promise<InitResult> {
  const cwd = resolve(options.cwd ?? '.');
  const directory = resolve(cwd, options.directory ?? '.');
  const { ask } = options;
  if (options.template === undefined && !existsSync(directory)) throw missing(directory);
  const surveyed = await survey(directory);
  const model = await chooseModel(surveyed.models, options.model, ask);
  const service = options.template === undefined && !options.force ? surveyed.service : undefined;
  options.onFound?.(described(model, surveyed, service?.file));
  const template = service
    ? templateOf(service.file)
    : (options.template ?? chooseTemplate(model, surveyed) ?? (await answer(ask, TEMPLATE_QUESTION, TEMPLATES)));
  const given = options.labels === undefined ? undefined : await nameLabels(options.labels, cwd, directory);
  const shape = service ? {} : fitOf(template, model, surveyed);
  const wantsLabels = NAMES_CLASSES.includes(template) && !labelsInside(model, shape.classes?.classes);
  const named = given ?? (await chooseLabels(wantsLabels, surveyed, ask, cwd, directory));
  const found: Survey = named ? { ...surveyed, labels: named.labels } : surveyed;
  const asksPixels = TAKES_IMAGES.includes(template) && shape.image?.type !== 'uint8';
  const usual = usualPixels(template, model, shape);
  const pixels =
    options.pixels ??
    (ask && asksPixels
      ? await answer(ask, pixelsQuestion(usual), Object.keys(PIXEL_RANGES) as PixelRange[])
      : undefined);
  const modelName = options.modelName ?? surveyed.config?.modelName ?? nameFrom(directory);
  const project = await projectFiles({
    template,
    model,
    found,
    shape,
    pixels,
    modelName,
    service,
    force: options.force ?? false,
  });
  if (named?.copy) project.set(GENERATED_LABELS, named.copy);
  options.signal?.throwIfAborted();
  await mkdir(directory, { recursive: true });
  const files = await writeProject(directory, project, options.force ?? false);
  const golden = await addGoldenCase({ directory, template, model, found, project, service, options }, record);
  const notes = [
    ...notesOnModels(found, model, template, service),
    ...notesOnBoxes(model, template),
    ...notesOnLabels(model, found, project),
    ...(pixels || !asksPixels ? [] : notesOnPixels(template, usual, files.written)),
    ...golden.notes,
  ];
  return {
    directory,
    template,
    modelName,
    ...described(model, found, service?.file),
    written: [...files.written, ...golden.written].sort(),
    kept: files.kept,
    backups: [...files.backups, ...golden.backups],
    notes,
  };
}

/** What a handler of somebody's own is an instance of. */
function templateOf(file: string): Template {
  return file.endsWith('.py') ? 'python-service' : 'custom-service';
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

function described(model: FoundModel | undefined, { models, labels }: Survey, service: string | undefined): Found {
  const list = (values: readonly Parameters<typeof describeValue>[0][] = []) =>
    values.map((value) => `${value.name} ${describeValue(value)}`);
  const others = models.filter((one) => one !== model).map(({ file }) => file);
  return {
    ...(model && {
      model: {
        file: model.file,
        format: model.format,
        inputs: list(model.onnx?.inputs),
        outputs: list(model.onnx?.outputs),
      },
    }),
    ...(others.length > 0 && { otherModels: others }),
    ...(labels && { labels }),
    ...(service !== undefined && { service }),
  };
}
