import { GOLDEN_CASES_DIR } from '#conventions/golden-cases.js';
import type { ExistingService } from '#handler/find-service.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { exampleTensors } from './example-tensors.js';
import type { FoundModel } from './found/find-models.js';
import type { Survey } from './found/survey.js';
import type { Template } from './template.js';
import { type Candidate, tensorRequest } from './tensor-request.js';
import { writeProject } from './write-project.js';

/** A candidate with what the model answers to it, or why there is none. */
export type Recording =
  | { readonly candidate: Candidate; readonly expect: { readonly json?: unknown }; readonly isStable: boolean }
  | { readonly failure: string };

/** Builds the project in a directory, loads it, and asks it one candidate after the other until one is answered. */
export type Recorder = (
  directory: string,
  candidates: Iterable<Candidate>,
  options: { readonly precision: number; readonly signal?: AbortSignal },
) => Promise<Recording>;

interface Project {
  readonly directory: string;
  readonly template: Template;
  readonly model: FoundModel | undefined;
  readonly found: Survey;
  /** Files of the project, the ones that a case may send among them. */
  readonly project: ReadonlyMap<string, Buffer>;
  readonly service: ExistingService | undefined;
  readonly options: { readonly run?: boolean; readonly force?: boolean; readonly signal?: AbortSignal };
}

export interface AddedCase {
  readonly written: readonly string[];
  readonly backups: readonly string[];
  readonly notes: readonly string[];
}

const CASE = `${GOLDEN_CASES_DIR}/example.json`;
const NOTHING: AddedCase = { written: [], backups: [], notes: [] };

/** Records a golden case of a project that has none: what its model answers today to an input that is made up. */
export async function addGoldenCase(parts: Project, record: Recorder): Promise<AddedCase> {
  const { directory, model, found, project, service, options } = parts;
  const isOurs = found.cases.includes('example.json') && options.force;
  if (project.has(CASE) || (found.cases.length > 0 && !isOurs)) return NOTHING;
  if (service && !options.run) {
    return {
      ...NOTHING,
      notes: [
        `There is no golden case: put a request and its right answer into ${CASE}, or let mar init --run record what ${service.file} answers.`,
      ],
    };
  }
  const precision = isCoarse(model?.onnx) ? 1e-2 : 1e-3;
  const { signal, force = false } = options;
  const recording = await record(directory, candidatesFor(parts), { precision, ...(signal && { signal }) });
  if ('failure' in recording) {
    return {
      ...NOTHING,
      notes: [`There is no golden case: no made-up input was answered (the last one: ${recording.failure}).`],
    };
  }
  const { candidate, expect, isStable } = recording;
  const golden = { description: descriptionFor(parts, isStable), request: candidate.request, expect };
  const files = new Map([...candidate.files].map(([name, content]) => [`${GOLDEN_CASES_DIR}/${name}`, content]));
  files.delete(`${GOLDEN_CASES_DIR}/example.png`);
  files.set(CASE, Buffer.from(`${JSON.stringify(golden, null, 2)}\n`));
  const { written, backups } = await writeProject(directory, files, force);
  return { written, backups, notes: notesOn(expect, isStable) };
}

function* candidatesFor({ template, model, project, service }: Project): Generator<Candidate> {
  const image = project.get(`${GOLDEN_CASES_DIR}/example.png`);
  const plain = (request: Candidate['request']): Candidate => ({ request, files: new Map() });
  if (image) {
    const request = { file: 'example.png', contentType: 'image/png' };
    return yield { request, files: new Map([['example.png', image]]) };
  }
  if (template === 'text-classifier') return yield plain({ text: 'The film was a pleasure from beginning to end.' });
  if (model?.onnx) for (const tensors of exampleTensors(model.onnx)) yield tensorRequest(tensors);
  if (service) for (const json of [[1, 2, 3.5], { data: [1, 2, 3.5] }, {}]) yield plain({ json });
  if (service) yield plain({ text: 'a text' });
}

function descriptionFor({ template, service }: Project, isStable: boolean): string {
  const answered = isStable ? 'what it answered when this was written' : 'answered, each time differently';
  if (service) return `A made-up request, and ${answered}. Replace it with one of yours and its right answer.`;
  const input = template === 'text-classifier' ? 'text' : template === 'tensor' ? 'input' : 'image';
  return `A made-up ${input}, and ${answered}. Replace it with one of yours and its right answer.`;
}

function notesOn({ json }: { readonly json?: unknown }, isStable: boolean): string[] {
  if (!isStable) return [`${CASE} holds no answer: the same input is answered differently each time.`];
  if (Array.isArray(json) && json.length === 0)
    return [
      'Nothing is found on example.png, which is made up: put a photograph there and what is on it into example.json.',
    ];
  return [];
}

/** Half precision and whole numbers differ from processor to processor. */
function isCoarse(onnx: OnnxModel | undefined): boolean {
  if (!onnx) return false;
  const isHalf = [...onnx.inputs, ...onnx.outputs, ...onnx.initializers].some(({ type }) => type === 'float16');
  return isHalf || Object.keys(onnx.operators).some((operator) => /Quantize|Integer|QLinear|NBits/.test(operator));
}
