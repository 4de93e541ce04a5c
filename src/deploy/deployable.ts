import { stat } from 'node:fs/promises';
import { basename, posix, resolve } from 'node:path';
import type { ArchiveFormat } from '#archive/archive.js';
import { openArchive } from '#archive/open.js';
import { REQUIREMENTS_FILE } from '#conventions/requirements.js';
import { declaredDevice } from '#device/declared-device.js';
import { MarError } from '#errors/mar-error.js';
import { findManifest } from '#manifest/read-manifest.js';
import { soundManifest } from '#manifest/refuse.js';

/** What the files of a deployment are made of. */
export interface Deployable {
  /** Absolute. */
  readonly path: string;
  readonly format: ArchiveFormat;
  readonly modelName: string;
  /** What the validator warns of. */
  readonly remarks: readonly string[];
  /** What our runner runs it with: a bridged archive is Node's. */
  readonly isPython: boolean;
  /** Path of the Python requirements in the archive. */
  readonly requirements?: string;
  /** A name for the archive's copy that every build tool takes. */
  readonly fileName: string;
  /** The device that it declares, other than the CPU, and whether it does not load without. */
  readonly device?: { readonly name: string; readonly isNeeded: boolean };
}

/** Says what keeps an archive from validating for a target, and what to know before it goes there, a sentence each. Throws where it cannot be looked at. */
export type Validator = (
  path: string,
  target: 'local' | 'sagemaker',
) => Promise<{ readonly faults: readonly string[]; readonly remarks: readonly string[] }>;

/**
 * Reads an archive that is to be deployed. Throws `ERR_DEPLOY_INVALID` for one that does not validate, `ERR_DEPLOY_DIRECTORY` for a
 * directory, `ERR_DEPLOY_TARBALL` for what SageMaker does not unpack, and what reading throws.
 */
export async function readDeployable(
  given: string,
  target: 'local' | 'sagemaker',
  { cwd = process.cwd(), signal }: { readonly cwd?: string | undefined; readonly signal?: AbortSignal | undefined },
  validate: Validator,
): Promise<Deployable> {
  const path = resolve(cwd, given);
  if ((await stat(path).catch(() => undefined))?.isDirectory()) {
    throw new MarError(`${given} is a directory; expected an archive, a file that can be copied.`, {
      code: 'ERR_DEPLOY_DIRECTORY',
      hint: `Pack it first: mar build ${given}`,
    });
  }
  const archive = await openArchive(path, signal ? { signal } : {});
  try {
    const found = await findManifest(archive);
    const { modelName, runtime, requirementsFile, extensions } = soundManifest(found, given);
    // First of all: the validator would find much in a zip, and a tarball is what it takes.
    if (target === 'sagemaker' && archive.format !== 'tgz') {
      throw new MarError(`${given} is a ${archive.format} file; SageMaker unpacks a gzipped tar.`, {
        code: 'ERR_DEPLOY_TARBALL',
        hint: `Make one of it: mar convert ${given} --to sagemaker-tar. Or build it for there: mar build --target sagemaker.`,
      });
    }
    const { faults, remarks } = await validate(path, target);
    if (faults.length > 0) {
      throw new MarError(`${given} does not validate, and what does not validate is not deployed.`, {
        code: 'ERR_DEPLOY_INVALID',
        detail: faults.map((sentence) => `  - ${sentence}`).join('\n'),
        hint: `mar validate --target ${target} ${given} shows the places.`,
      });
    }
    const requirements = posix.join(found.modelDir, requirementsFile ?? REQUIREMENTS_FILE);
    const isPython = runtime !== 'nodejs';
    const hasRequirements = isPython && archive.get(requirements) !== undefined;
    // It becomes part of a recipe, in which a line break or a quote would be more than a name.
    if (hasRequirements && !/^[\w@%+=:,./ -]+$/.test(requirements)) {
      throw new MarError(
        `${given} has its requirements in ${JSON.stringify(requirements)}, which no recipe can name.`,
        {
          code: 'ERR_DEPLOY_INVALID',
          hint: 'Call the file requirements.txt and build it again.',
        },
      );
    }
    const declared = declaredDevice(extensions);
    return {
      path,
      format: archive.format,
      modelName,
      remarks,
      isPython,
      ...(hasRequirements && { requirements }),
      fileName: plainName(basename(path), archive.format),
      ...(declared &&
        declared.model !== 'cpu' && { device: { name: declared.model, isNeeded: declared.fallback === 'fail' } }),
    };
  } finally {
    await archive.close();
  }
}

function plainName(name: string, format: ArchiveFormat): string {
  if (/^[A-Za-z0-9][\w.-]*$/.test(name)) return name;
  return format === 'tgz' ? 'model.tar.gz' : 'model.mar';
}
