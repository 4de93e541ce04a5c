import { stage, unwritable } from '#archive/writing/staging.js';
import { judgement } from '#check/judged.js';
import { MarError } from '#errors/mar-error.js';
import { checkOptions } from './check-options.js';
import type { ConversionTarget, Plan } from './conversion.js';
import { faultsOfSource } from './judge.js';
import type { ConvertOptions, ConvertTarget } from './options.js';
import { checkPlace, checkReplaced, outputOf } from './place.js';
import type { Conversion } from './result.js';
import { openSource } from './source.js';
import { KSERVE } from './targets/kserve.js';
import { MLSERVER } from './targets/mlserver.js';
import { MMS } from './targets/mms.js';
import { SAGEMAKER_TAR } from './targets/sagemaker-tar.js';
import { TORCHSERVE } from './targets/torchserve.js';
import { TRITON } from './targets/triton.js';
import { writePlan } from './write.js';

const TARGETS: Readonly<Record<ConvertTarget, ConversionTarget>> = {
  torchserve: TORCHSERVE,
  mms: MMS,
  'sagemaker-tar': SAGEMAKER_TAR,
  triton: TRITON,
  mlserver: MLSERVER,
  kserve: KSERVE,
};

/**
 * Makes of an archive what another server loads, and says what could not be carried. Nothing of the archive is executed; the result
 * appears complete or not at all. Throws `ERR_NOT_CONVERTIBLE` with every reason, `ERR_OPTION` for an option of another target,
 * that and `ERR_TARGET_EXISTS` for the place,
 * and what opening an archive throws.
 */
export async function convert(path: string, options: ConvertOptions): Promise<Conversion> {
  const { to, force = false, signal } = options;
  checkOptions(options);
  const target = TARGETS[to];
  const output = outputOf(path, target, options.out);
  const isDirectory = target.form === 'no-archive';
  refuse(path, to, await faultsOfSource(path, { model: isDirectory, signal }));
  await checkPlace(path, output, isDirectory, force);
  const source = await openSource(path, options);
  try {
    const plan = await target.plan(source, options);
    refuse(path, to, plan.reasons);
    const { files, remarks } = await place(output, target, plan, options, (reasons) => refuse(path, to, reasons));
    const { model, carried, changed, lost, notes } = plan;
    return {
      archive: path,
      to,
      output,
      model,
      carried,
      changed,
      lost,
      notes: [...notes, ...remarks],
      files: files.map(({ path: file, size, sha256 }) => ({ path: file, size, sha256 })),
    };
  } finally {
    await source.close();
  }
}

/** What is no archive is not for the validator. */
const UNJUDGED = { faults: [], remarks: [] } as const;

async function place(
  output: string,
  { form, judgedAs }: ConversionTarget,
  plan: Plan,
  { force = false, signal }: ConvertOptions,
  judge: (reasons: readonly string[]) => void,
) {
  const kind = form === 'no-archive' ? 'directory' : 'file';
  try {
    const staged = await stage(output, kind);
    try {
      const files = await writePlan(staged.path, plan, form, signal);
      const { faults, remarks } = judgedAs ? await judgement(staged.path, judgedAs, signal) : UNJUDGED;
      judge(faults);
      if (kind === 'directory')
        await checkReplaced(
          output,
          files.map((file) => file.path),
        );
      signal?.throwIfAborted();
      await staged.commit(force);
      return { files, remarks };
    } finally {
      await staged.discard();
    }
  } catch (error) {
    throw unwritable(output, error, '--out');
  }
}

function refuse(path: string, to: ConvertTarget, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  throw new MarError(`${path} cannot be converted to ${to}; nothing was written.`, {
    code: 'ERR_NOT_CONVERTIBLE',
    detail: reasons.map((reason) => `  - ${reason}`).join('\n'),
  });
}
