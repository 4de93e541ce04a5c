import { mkdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { MarError } from '#errors.js';
import { describeValue } from '#onnx/model.js';
import { chooseTemplate } from './choose-template.js';
import { classOutput } from './model-shape.js';
import { GENERATED_LABELS, settingsFor } from './settings.js';
import { type ModelFormat, type Survey, survey } from './survey.js';
import { TEMPLATES, type Template } from './template.js';
import { templateFiles } from './template-files.js';
import { writeProject } from './write-project.js';

export interface InitOptions {
  /** Where the model lies and the project goes; made when it does not exist. Default: `cwd`. */
  readonly directory?: string;
  /** Default: what fits the model that is found. */
  readonly template?: Template;
  /** Default: the directory's name. */
  readonly modelName?: string;
  /** Replace files that exist. */
  readonly force?: boolean;
  readonly cwd?: string;
  /** Asked when no model says which template fits; without it that is `custom-service`. */
  readonly chooseTemplate?: (templates: readonly Template[]) => Promise<Template>;
  readonly signal?: AbortSignal;
}

export interface InitResult {
  readonly directory: string;
  readonly template: Template;
  readonly modelName: string;
  /** The model that was found, its inputs and outputs as `name float32[1,3,224,224]` where its format tells them. */
  readonly model?: {
    readonly file: string;
    readonly format: ModelFormat;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
  };
  readonly labels?: { readonly file: string; readonly count: number };
  /** Files written, relative to the directory, sorted. */
  readonly written: readonly string[];
  /** What to look at before trusting the result: one sentence each. */
  readonly notes: readonly string[];
}

/** Looks at a directory and writes what is missing to build, validate and run an archive of it. */
export async function init(options: InitOptions = {}): Promise<InitResult> {
  const directory = resolve(options.cwd ?? '.', options.directory ?? '.');
  const found = await survey(directory);
  const template =
    options.template ?? chooseTemplate(found) ?? (await options.chooseTemplate?.(TEMPLATES)) ?? 'custom-service';
  const modelName = options.modelName ?? nameFrom(directory);
  const files = await templateFiles(template, { MODEL_NAME: modelName, ...settingsFor(template, found) });
  const usesLabels = [...files.values()].some((content) => content.includes(GENERATED_LABELS));
  if (usesLabels && !found.labels) files.set(GENERATED_LABELS, generatedLabels(found));
  options.signal?.throwIfAborted();
  await mkdir(directory, { recursive: true });
  const written = await writeProject(directory, files, options.force ?? false);
  return { directory, template, modelName, ...described(found), written, notes: notesOn(template, found, usesLabels) };
}

function nameFrom(directory: string): string {
  const name = basename(directory)
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  if (name !== '') return name;
  throw new MarError(`The name of the directory ${directory} gives no model name.`, {
    code: 'ERR_MODEL_NAME',
    kind: 'usage',
    hint: 'Give one with --model-name.',
  });
}

function described({ model, labels }: Survey): Pick<InitResult, 'model' | 'labels'> {
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

function notesOn(template: Template, { model, labels }: Survey, usesLabels: boolean): string[] {
  const notes: string[] = [];
  const classes = model?.onnx && classOutput(model.onnx)?.classes;
  if (usesLabels && !labels)
    notes.push(`${GENERATED_LABELS} holds made-up names: put the real ones there, one a line.`);
  if (labels && classes !== undefined && labels.count !== classes) {
    notes.push(`${labels.file} has ${labels.count} labels, but the model has ${classes} classes.`);
  }
  if (template === 'image-classifier' || template === 'object-detector' || template === 'eia') {
    const file = template === 'object-detector' ? 'service.json' : 'service.ts';
    notes.push(
      `The model does not say how images are normalised: ${file} has the values of ImageNet, compare them with your training.`,
    );
  }
  return notes;
}
