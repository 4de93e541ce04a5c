/** What a foreign handler needs of this process's environment: how the machine speaks and counts, nothing that opens a door. */
const ALLOWED =
  /^(PATH|HOME|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|SYSTEMROOT|WINDIR|PATHEXT|COMSPEC|TEMP|TMP|(OMP|MKL|OPENBLAS|KMP|MXNET)_[A-Z_]+|CUDA_VISIBLE_DEVICES|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|PYTHONPATH|VIRTUAL_ENV|CONDA_PREFIX|MMS_DECODE_INPUT_REQUEST|MAR_RUN|MAR_NODE|MAR_NODE_PATH)$/i;

/** The variables of `env` that are on the list, or in `more`: no token, no key, no address of an agent. */
export function allowedEnvironment(
  env: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => ALLOWED.test(name) || more.includes(name)));
}
