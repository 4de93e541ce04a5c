import { existsSync } from 'node:fs';

const VARIABLES = {
  tritonclient: 'MAR_TEST_TRITON_PYTHON',
  mlserver: 'MAR_TEST_MLSERVER_PYTHON',
  kserve: 'MAR_TEST_KSERVE_PYTHON',
} as const;

/** The Python that has a package by which results are looked at; CONTRIBUTING.md says what each variable names. */
export function pythonWith(name: keyof typeof VARIABLES): string {
  return process.env[VARIABLES[name]] ?? '';
}

/** For `testUnless`: why it cannot be used here. */
export function missingPython(name: keyof typeof VARIABLES): string | undefined {
  return existsSync(pythonWith(name)) ? undefined : `${VARIABLES[name]} does not name a Python with ${name}`;
}
