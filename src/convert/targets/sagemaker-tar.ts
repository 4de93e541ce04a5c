import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import { REQUIREMENTS_FILE } from '#conventions/requirements.js';
import type { ConversionTarget } from '../conversion.js';
import { carryArchive } from '../servers/carry-archive.js';
import { settingsOutside } from '../servers/settings.js';

/** The folder of the tar that SageMaker's toolkits put on Python's path, and the requirements in it that they install. */
const CODE_REQUIREMENTS = 'code/requirements.txt';

/** What an endpoint calls the settings that a registration has. */
const VARIABLES: Readonly<Record<string, string>> = { initial_workers: 'SAGEMAKER_MODEL_SERVER_WORKERS' };

/** A `model.tar.gz` that the server of SageMaker's inference toolkit loads, requirements included. */
export const SAGEMAKER_TAR: ConversionTarget = {
  name: 'sagemaker-tar',
  form: 'tgz-flat',
  ending: '.tar.gz',
  judgedAs: 'sagemaker',
  plan: async (source, options) => {
    const plan = await carryArchive(source, options, {
      server: 'sagemaker',
      settings: {
        carried: [],
        lost: await settingsOutside(source, (query) => {
          const [name = '', value = ''] = query.split('=');
          const variable = VARIABLES[name];
          return variable === undefined
            ? 'the toolkit starts its server with the defaults of Multi Model Server: batches of one'
            : `an endpoint takes it from its environment: ${variable}=${value}`;
        }),
      },
      notes: [
        'It is for containers that start the server of sagemaker-inference; the endpoint calls the model "model".',
        'mar validate --target sagemaker finds no error in it; mar test runs its golden cases.',
      ],
    });
    const named = source.served.requirementsFile ?? REQUIREMENTS_FILE;
    const hasAny = plan.entries.some(({ path }) => path === named);
    if (!hasAny || plan.entries.some(({ path }) => path === CODE_REQUIREMENTS)) return plan;
    const list: PlannedEntry = {
      path: CODE_REQUIREMENTS,
      bytes: Buffer.from(`-r ../${named}\n`),
      origin: 'the requirements of the archive',
    };
    return {
      ...plan,
      entries: [...plan.entries, list].sort((one, other) => (one.path < other.path ? -1 : 1)),
      carried: [
        ...plan.carried,
        { what: named, how: `${CODE_REQUIREMENTS}, which the toolkit installs before it starts the server` },
      ],
    };
  },
};
