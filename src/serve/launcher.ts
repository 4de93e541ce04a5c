import type { Runtime } from '#manifest/manifest.js';
import type { Launcher } from './launch.js';
import { launchNode } from './launch-node.js';

/** The launcher of a runtime. */
export function chooseLauncher(_runtime: Runtime): Launcher {
  return launchNode;
}
