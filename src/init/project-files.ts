import { isBuiltin, SERVICE_CONFIG } from '#conventions/builtin-services.js';
import type { PixelRange } from '#conventions/pixels.js';
import type { ExistingService } from '#handler/find-service.js';
import type { FoundModel } from './found/find-models.js';
import { GENERATED_LABELS, labelsInside } from './found/name-labels.js';
import type { Survey } from './found/survey.js';
import { type Fit, settingsFor } from './settings.js';
import type { Template } from './template.js';
import { commonFiles, templateFiles } from './template-files.js';

/** What a project is made of. */
export interface ProjectParts {
  readonly template: Template;
  readonly model: FoundModel | undefined;
  readonly found: Survey;
  readonly shape: Fit;
  readonly pixels: PixelRange | undefined;
  readonly modelName: string;
  /** A handler that is there already, in place of the template's. */
  readonly service: ExistingService | undefined;
  /** What is there is replaced. */
  readonly force: boolean;
}

/** The files of a project by path, golden cases that have to be recorded not among them. */
export async function projectFiles(parts: ProjectParts): Promise<Map<string, Buffer>> {
  const { template, model, found, shape, pixels, modelName, service, force } = parts;
  const { config } = found;
  const files = service
    ? await commonFiles(configFor(modelName, service.handler))
    : await templateFiles(template, { MODEL_NAME: modelName, ...settingsFor(template, model, shape, found, pixels) });
  if (config && config.file !== 'mar.config.json') files.delete('mar.config.json');
  // A configuration that is there already says which handler is built; another one would lie there unused.
  if (!force && config?.handler !== undefined && isBuiltin(config.handler)) files.delete('service.ts');
  if (!service && found.models.length > 1 && isRun(template)) nameModel(files, model?.file ?? '');
  const usesLabels = [...files.values()].some((content) => content.includes(GENERATED_LABELS));
  if (usesLabels && !found.labels) {
    const classes = shape.classes?.classes;
    const labels = labelsInside(model, classes) ?? Array.from({ length: classes ?? 1 }, (_, at) => `class ${at}`);
    files.set(GENERATED_LABELS, Buffer.from(labels.map((label) => `${label}\n`).join('')));
  }
  const hasOthers = found.cases.length > 0 && !found.cases.includes('example.json');
  if (hasOthers) for (const path of [...files.keys()]) if (path.startsWith('MAR-INF/')) files.delete(path);
  return files;
}

function configFor(modelName: string, handler: string): string {
  return `${JSON.stringify({ modelName, exportPath: '..', handler }, null, 2)}\n`;
}

/** Templates whose ready-made service runs the model; the others name its file in their code. */
const isRun = (template: Template): boolean => ['tensor', 'object-detector', 'text-classifier'].includes(template);

/** Says in service.json which of several models is run. */
function nameModel(files: Map<string, Buffer>, model: string): void {
  const text = files.get(SERVICE_CONFIG)?.toString('utf8') ?? '{}';
  const rest = text.replace(/^\{\s*/, '');
  const end = rest.startsWith('}') ? '\n}\n' : `,\n  ${rest}`;
  files.set(SERVICE_CONFIG, Buffer.from(`{\n  "model": ${JSON.stringify(model)}${end}`));
}
