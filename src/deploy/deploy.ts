import { basename, resolve } from 'node:path';
import { CPU, KSERVE_NAME, MEMORY, type Resources } from '#conventions/kserve.js';
import { MarError } from '#errors/mar-error.js';
import { type Deployable, readDeployable, type Validator } from './deployable.js';
import { dockerfile, dockerignore } from './docker.js';
import { checked, IMAGE, INSTANCE_TYPE, MODEL_DATA, ROLE } from './given-values.js';
import { containerService } from './kserve.js';
import { NAMESPACE_NAME, nameFor, SAGEMAKER_NAME } from './names.js';
import type { Deployment, DeployOptions, KserveOptions, MeasuredUse, SagemakerOptions } from './options.js';
import { quoted } from './quoted.js';
import { sagemakerRequests } from './sagemaker.js';
import { type DeployedFile, writeDeployment } from './write-deployment.js';

/** Runs the archive and says what it took. */
export type Measurer = (path: string) => Promise<MeasuredUse>;

/** What is written and told of one deployment. */
interface Plan {
  readonly to: Deployment['to'];
  readonly files: Readonly<Record<string, DeployedFile>>;
  readonly notes: readonly string[];
  readonly next: readonly string[];
}

/**
 * Writes a Dockerfile with its .dockerignore, the archive beside them. Throws what `readDeployable` and `writeDeployment` throw, as the
 * others do.
 */
export async function deployDocker(path: string, options: DeployOptions, validate: Validator): Promise<Deployment> {
  const archive = await readDeployable(path, 'local', options, validate);
  const { fileName } = archive;
  const tag = KSERVE_NAME.made(archive.modelName) || 'model';
  return write(archive, path, options, {
    to: 'docker',
    files: {
      Dockerfile: { text: dockerfile(archive) },
      '.dockerignore': { text: dockerignore(archive) },
      [fileName]: { copyOf: archive.path },
    },
    notes: [
      ...(fileName === basename(path)
        ? []
        : [`The archive is ${fileName} there: not every builder takes its own name.`]),
      ...(archive.isPython
        ? [
            archive.requirements === undefined
              ? 'The handler is Python and the archive has no requirements: the image has Python and no package.'
              : `The image installs ${archive.requirements} of the archive.`,
          ]
        : []),
      ...deviceNotes(archive),
    ],
    next: [
      `docker build --tag ${tag} .`,
      `docker run --init --publish 127.0.0.1:8080:8080 ${tag}`,
      `curl http://127.0.0.1:8080/ready`,
    ],
  });
}

/** Writes a KServe InferenceService. Throws `ERR_DEPLOY_NAME` and `ERR_DEPLOY_VALUE` besides. */
export async function deployKserve(
  path: string,
  options: KserveOptions,
  validate: Validator,
  measure: Measurer,
): Promise<Deployment> {
  checked(IMAGE, options.image);
  if (options.measure && options.memory !== undefined) {
    const message = `--measure and --memory ${options.memory} are given; expected one of the two.`;
    throw new MarError(message, { code: 'ERR_DEPLOY_VALUE' });
  }
  const given: Resources = {
    ...(options.cpu !== undefined && { cpu: checked(CPU, options.cpu) }),
    ...(options.memory !== undefined && { memory: checked(MEMORY, options.memory) }),
  };
  const { namespace } = options;
  if (namespace !== undefined) nameFor(NAMESPACE_NAME, namespace, namespace);
  const archive = await readDeployable(path, 'local', options, validate);
  const name = nameFor(KSERVE_NAME, options.name, archive.modelName);
  const { workers = 1 } = options;
  const use = options.measure ? await measure(archive.path) : undefined;
  const requests = use === undefined ? given : { ...given, memory: memoryFor(use, workers) };
  return write(archive, path, options, {
    to: 'kserve',
    files: { 'inference-service.yaml': { text: containerService(archive, { name, namespace }, options, requests) } },
    notes: [
      ...renamed('Kubernetes', archive, name, options.name),
      ...(use === undefined ? [] : [measuredNote(use, workers, requests)]),
      ...(requests.memory === undefined ? ['No memory is requested: give --memory, or --measure.'] : []),
      ...(requests.cpu === undefined ? ['No processor is requested: give --cpu.'] : []),
      'The image is the one that `mar deploy docker` of this archive makes: its command line is in the resource.',
      ...deviceNotes(archive),
    ],
    next: ['kubectl apply --filename inference-service.yaml'],
  });
}

/** Writes the bodies of CreateModel, CreateEndpointConfig and CreateEndpoint. Throws `ERR_DEPLOY_NAME` and `ERR_DEPLOY_VALUE` besides. */
export async function deploySagemaker(
  path: string,
  options: SagemakerOptions,
  validate: Validator,
): Promise<Deployment> {
  checked(IMAGE, options.image);
  checked(ROLE, options.role);
  checked(MODEL_DATA, options.modelData);
  checked(INSTANCE_TYPE, options.instanceType);
  const archive = await readDeployable(path, 'sagemaker', options, validate);
  const name = nameFor(SAGEMAKER_NAME, options.name, archive.modelName);
  const bodies = sagemakerRequests(name, options);
  const entries = Object.entries(bodies).map(([file, body]) => [file, { text: `${JSON.stringify(body, null, 2)}\n` }]);
  return write(archive, path, options, {
    to: 'sagemaker',
    files: Object.fromEntries(entries),
    notes: [...renamed('SageMaker', archive, name, options.name), ...deviceNotes(archive)],
    next: [
      `aws s3 cp ${quoted(archive.path)} ${options.modelData}`,
      ...Object.keys(bodies).map(
        (file) => `aws sagemaker ${file.replace(/\.json$/, '')} --cli-input-json file://${file}`,
      ),
    ],
  });
}

async function write(archive: Deployable, given: string, options: DeployOptions, plan: Plan): Promise<Deployment> {
  const { cwd = process.cwd(), out = `${KSERVE_NAME.made(archive.modelName) || 'model'}-${plan.to}` } = options;
  const directory = resolve(cwd, out);
  options.signal?.throwIfAborted();
  await writeDeployment(directory, plan.files, options.force ?? false);
  const { to, next } = plan;
  const notes = [...plan.notes, ...archive.remarks];
  return { archive: given, modelName: archive.modelName, to, directory, files: Object.keys(plan.files), notes, next };
}

function renamed(place: string, { modelName }: Deployable, name: string, given: string | undefined): string[] {
  if (given !== undefined || name === modelName) return [];
  return [`The model ${modelName} is called ${name} in ${place}, whose names are stricter.`];
}

function deviceNotes({ device }: Deployable): string[] {
  if (device === undefined) return [];
  const without = device.isNeeded ? 'it does not load without' : 'without, it runs on the CPU';
  return [`The archive declares the device ${device.name}, which nothing here asks for: ${without}.`];
}

const MIB = 2 ** 20;
/** The front end of our runner when it is idle, rounded up (docs/benchmarks.md), with room for requests and answers under way. */
const FRONT_END_MIB = 128;

/** The front end, and a fifth more than each worker was seen to take. */
function memoryFor({ workerBytes }: MeasuredUse, workers: number): string {
  return `${Math.ceil((FRONT_END_MIB + (workers * workerBytes * 1.2) / MIB) / 16) * 16}Mi`;
}

function measuredNote({ workerBytes, requests }: MeasuredUse, workers: number, { memory }: Resources): string {
  const mib = Math.ceil(workerBytes / MIB);
  const what = workers === 1 ? 'that' : `${workers} of them`;
  return `Memory as measured: a worker took ${mib} MiB after ${requests} requests; ${memory} is ${what} and a fifth more, with ${FRONT_END_MIB} MiB for the front end.`;
}
