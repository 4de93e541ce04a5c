/** The part of the public API that is about deploying; index.ts hands it on. */

import type { Measurer } from '#deploy/deploy.js';
import type { Validator } from '#deploy/deployable.js';
import type { Deployment, DeployOptions, KserveOptions, SagemakerOptions } from '#deploy/options.js';
import { MarError } from '#errors/mar-error.js';

export type { Deployment, DeployOptions, KserveOptions, SagemakerOptions } from '#deploy/options.js';

/** Writes the recipe of a container that serves an archive with `mar serve`, and the archive beside it. An archive that does not validate is refused. */
export async function deployDocker(archive: string, options: DeployOptions = {}): Promise<Deployment> {
  const module = await import('#deploy/deploy.js');
  return module.deployDocker(archive, options, validator(options));
}

/** Writes a KServe InferenceService for that container; `measure` runs the archive, contained, for the memory that is requested. */
export async function deployKserve(archive: string, options: KserveOptions): Promise<Deployment> {
  const module = await import('#deploy/deploy.js');
  return module.deployKserve(archive, options, validator(options), measurer(options));
}

/** Writes the bodies of SageMaker's CreateModel, CreateEndpointConfig and CreateEndpoint for a tarball. */
export async function deploySagemaker(archive: string, options: SagemakerOptions): Promise<Deployment> {
  const module = await import('#deploy/deploy.js');
  return module.deploySagemaker(archive, options, validator(options));
}

function validator({ signal }: DeployOptions): Validator {
  return async (path, target) => {
    const { judgement } = await import('#check/judged.js');
    return judgement(path, target, signal);
  };
}

/** How long a model is asked the same again, so that its memory has grown as far as it does. */
const MEASURED_MS = 3000;

function measurer({ signal }: DeployOptions): Measurer {
  return async (path) => {
    const { runGoldenCases } = await import('#testing/run-golden-cases.js');
    const { cases, contract } = await runGoldenCases(path, {
      ...(signal && { signal }),
      contain: { when: 'auto' },
      contract: { timeMs: MEASURED_MS },
    });
    const life = contract?.life;
    const failed = cases.filter(({ passed }) => !passed);
    if (failed.length === 0 && life !== undefined && life.lastBytes > 0)
      return { workerBytes: Math.max(life.firstBytes, life.lastBytes), requests: life.requests };
    const why =
      cases.length === 0
        ? 'it has no golden case to ask'
        : failed.length > 0
          ? `its golden case ${failed[0]?.path} fails`
          : 'its memory could not be read here';
    throw new MarError(`${path} was not measured: ${why}.`, { code: 'ERR_DEPLOY_MEASURE' });
  };
}
