import type { Runtime } from '#manifest/manifest.js';
import { launchNode } from './launch-node.js';
import { launchPython } from './launch-python.js';
import type { Launcher } from './worker.js';

/** The launcher of a runtime: our Node worker for `nodejs`, our Python worker for the others. */
export function chooseLauncher(runtime: Runtime): Launcher {
  return runtime === 'nodejs' ? launchNode : launchPython;
}
