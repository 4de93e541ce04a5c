import { posix } from 'node:path';
import { TORCHSERVE_HANDLERS } from '#conventions/builtin-services.js';
import { messageOf } from '#errors/mar-error.js';
import { isObject } from '#json-object.js';
import { didYouMean } from '#nearest.js';
import { defineRule, type Rule } from '../../rule.js';

/** MAR224, MAR226, MAR227, MAR232 to MAR234: the files that the manifest names, what its requirements and configuration say, labels of TorchServe's handlers. */
export const FILE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR224',
    name: 'named-file-missing',
    severity: 'warning',
    summary: 'the manifest names a file that is not in the archive',
    why: 'The servers do not look while registering; the handler fails when it opens the file.',
    remedy: 'Add the file, correct its name, or remove the field.',
    example: {
      failing: '"serializedFile": "model.pt" without model.pt',
      passing: '"serializedFile": "model.pt" with it',
    },
    needs: ['manifest', 'archive'],
    *check({ manifest, archive }) {
      for (const key of ['serializedFile', 'modelFile', 'requirementsFile']) {
        const name = manifest.model[key];
        if (typeof name !== 'string' || name === '') continue;
        for (const part of key === 'serializedFile' ? name.split(',') : [name]) {
          if (archive.get(part)) continue;
          const near = didYouMean(
            part,
            archive.entries.map((entry) => entry.path),
          );
          yield {
            message: `model.${key} names ${part}, which is not in the archive${near}`,
            at: manifest.at(`/model/${key}`),
            found: part,
          };
        }
      }
    },
  }),
  defineRule({
    id: 'MAR226',
    name: 'config-file',
    severity: { local: 'warning', mms: 'warning', torchserve: 'error', sagemaker: 'warning' },
    summary: 'the configuration file that the manifest names is missing, empty or not YAML',
    why: 'TorchServe reads it before it starts a worker and answers 500 "Failed to start workers", or NullPointerException for an empty one (measured). Other servers do not read it.',
    remedy: 'Pack with `--config-file`, or correct the YAML; leave an empty one out.',
    example: { failing: '"configFile": "model-config.yaml" with minWorkers: [1', passing: 'minWorkers: 1' },
    needs: ['manifest', 'archive'],
    async check({ manifest, archive }) {
      const name = manifest.model['configFile'];
      if (typeof name !== 'string' || name === '') return [];
      const entry = archive.get(name);
      if (!entry)
        return [
          {
            message: `model.configFile names ${name}, which is not in the archive`,
            at: manifest.at('/model/configFile'),
            found: name,
          },
        ];
      const { parseConfig } = await import('../../facts/serving.js');
      const { fault, otherwise } = await parseConfig(archive, entry);
      if (fault)
        return [
          {
            message: `${name} is not YAML: ${fault.message}`,
            at: { entry: name, line: fault.line, column: fault.column },
          },
        ];
      // Our runner starts from nothing; TorchServe does not register the model.
      const message = `${name} ${otherwise}, and TorchServe wants keys with values in it`;
      return otherwise === undefined ? [] : [{ message, at: { entry: name }, targets: ['torchserve'] as const }];
    },
  }),
  defineRule({
    id: 'MAR227',
    name: 'requirement-not-packed',
    severity: { local: 'warning', mms: 'warning', torchserve: 'error', sagemaker: 'error' },
    summary: 'the requirements name a file that is not in the archive',
    why: 'pip stops at the first file that it cannot open and installs nothing: TorchServe with install_py_dep_per_model=true, SageMaker, and our runner with --install-requirements then fail to load the model. Multi Model Server installs nothing.',
    remedy:
      'Pack the file where the line looks for it (`--extra-files`), or write the packages into the requirements themselves.',
    example: { failing: '-r base.txt  # base.txt is not packed', passing: '-r base.txt  # base.txt beside it' },
    needs: ['requirements', 'manifest'],
    *check({ requirements, manifest }) {
      if (manifest.runtime === 'nodejs') return;
      for (const { file, line, named } of requirements.missing)
        yield {
          message: `${file} names ${named}, which is not in the archive`,
          at: { entry: posix.join(manifest.modelDir, file), line },
          found: named,
          ...(!requirements.declared && { targets: ['local', 'mms', 'sagemaker'] as const }),
        };
    },
  }),
  defineRule({
    id: 'MAR232',
    name: 'requirement-refused',
    severity: { local: 'warning', mms: 'warning', torchserve: 'error', sagemaker: 'error' },
    summary: 'pip refuses a line of the requirements',
    why: 'pip reads the whole file before it installs anything, and stops at the first line that it does not understand: TorchServe with install_py_dep_per_model=true, SageMaker, and our runner with --install-requirements then fail to load the model. Multi Model Server installs nothing.',
    remedy: 'Write the line as pip reads it: `pip install --dry-run -r requirements.txt` says what it takes.',
    example: { failing: 'numpy=1.26.4', passing: 'numpy==1.26.4' },
    needs: ['requirements', 'manifest'],
    *check({ requirements, manifest }) {
      if (manifest.runtime === 'nodejs') return;
      for (const { file, line, fault } of requirements.refused)
        yield {
          message: `line ${line} of ${file} ${fault}`,
          at: { entry: posix.join(manifest.modelDir, file), line },
          ...(!requirements.declared && { targets: ['local', 'mms', 'sagemaker'] as const }),
        };
    },
  }),
  defineRule({
    id: 'MAR233',
    name: 'torchserve-labels',
    severity: { local: 'error', torchserve: 'error' },
    summary: "TorchServe's ready-made handler cannot read index_to_name.json",
    why: 'Its handlers read the file while they load, and fail where it is not JSON, not an object, or has a label that is neither a text nor a list with a text at its end: no worker starts (measured).',
    remedy:
      'Write {"0": "label", …}, with every class of the model, or leave the file out: answers then have the numbers of the classes.',
    example: { failing: '["tench", "owl"]', passing: '{"0": "tench", "1": "owl"}' },
    needs: ['manifest', 'archive'],
    async check({ manifest, archive }) {
      if (manifest.runtime === 'nodejs' || !TORCHSERVE_HANDLERS.includes(manifest.handler ?? '')) return [];
      const entry = archive.get(posix.join(manifest.modelDir, 'index_to_name.json'));
      if (entry === undefined || entry.size > LARGEST_LABELS) return [];
      const problem = labelsProblem((await archive.bytes(entry, LARGEST_LABELS)).toString('utf8'));
      return problem === undefined ? [] : [{ message: `${entry.path} ${problem}`, at: { entry: entry.path } }];
    },
  }),
  defineRule({
    id: 'MAR234',
    name: 'config-value',
    severity: { torchserve: 'warning' },
    summary: 'TorchServe ignores a value of the configuration file',
    why: 'A number in quotes, with a point or out of its range is dropped with a line in the log, and the default holds: no workers at all, batches of one (measured).',
    remedy: 'Write a whole number without quotes; maxWorkers is not below minWorkers.',
    example: { failing: 'minWorkers: "1"', passing: 'minWorkers: 1' },
    needs: ['manifest', 'archive'],
    async check({ manifest, archive }) {
      const name = manifest.model['configFile'];
      const entry = typeof name === 'string' ? archive.get(name) : undefined;
      if (entry === undefined) return [];
      const { parseConfig } = await import('../../facts/serving.js');
      const { written } = await parseConfig(archive, entry);
      return valuesIgnored(written ?? new Map()).map((what) => ({
        message: `${entry.path} has ${what}`,
        at: { entry: entry.path },
      }));
    },
  }),
];

const LARGEST_LABELS = 16 * 1024 * 1024;

/** What TorchServe's handlers do not take. */
function labelsProblem(text: string): string | undefined {
  let labels: unknown;
  try {
    labels = JSON.parse(text);
  } catch (error) {
    return `is not JSON: ${messageOf(error)}`;
  }
  if (!isObject(labels)) return 'is not an object of labels by class number';
  if (Array.isArray(labels['object_type_names'])) return undefined;
  const odd = Object.entries(labels).find(
    ([, label]) => typeof (Array.isArray(label) ? label.at(-1) : label) !== 'string',
  );
  return odd && `has ${JSON.stringify(odd[1])?.slice(0, 40)} for the class ${odd[0]}, expected a text`;
}

/** Whole numbers that TorchServe reads from model-config.yaml, and the least that each may be. */
const LEAST = { minWorkers: 0, maxWorkers: 0, batchSize: 1, maxBatchDelay: 1, responseTimeout: 1 } as const;
const MOST = 2 ** 31 - 1;

function valuesIgnored(written: ReadonlyMap<string, string>): string[] {
  const numbers = new Map<string, number>();
  const ignored = Object.entries(LEAST).flatMap(([key, least]) => {
    const text = written.get(key);
    if (text === undefined) return [];
    const value = /^[-+]?\d+$/.test(text) ? Number(text) : Number.NaN;
    numbers.set(key, value);
    return value >= least && value <= MOST
      ? []
      : [`${key}: ${text.slice(0, 40)}, expected a whole number from ${least}`];
  });
  const [min = 0, max = min] = ['minWorkers', 'maxWorkers'].map((key) => numbers.get(key));
  return max < min ? [...ignored, `maxWorkers: ${max} below minWorkers: ${min}`] : ignored;
}
