import { posix } from 'node:path';
import { didYouMean } from '#nearest.js';
import { defineRule, type Rule } from '../../rule.js';

/** MAR224, MAR226, MAR227 and MAR232: the files that the manifest names, and what its requirements say. */
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
    summary: 'the configuration file that the manifest names is missing or not YAML',
    why: 'TorchServe reads it before it starts a worker and answers 500 "Failed to start workers" (measured). Other servers do not read it.',
    remedy: 'Pack with `--config-file`, or correct the YAML.',
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
      const { fault } = await parseConfig(archive, entry);
      return fault === undefined
        ? []
        : [
            {
              message: `${name} is not YAML: ${fault.message}`,
              at: { entry: name, line: fault.line, column: fault.column },
            },
          ];
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
];
