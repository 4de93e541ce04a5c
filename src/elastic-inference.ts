/** The part of the public API that is about Elastic Inference; index.ts hands it on. */

import type { MigrateOptions, Migration } from '#eia/migrate.js';
import type { EiaPlan, PlanOptions } from '#eia/plan.js';
import type { AskOptions } from '#serve/accelerators/ask.js';
import type { AcceleratorDescription } from '#serve/accelerators/description.js';

export { MIGRATION_TARGETS, type MigrationTarget } from '#eia/handler-facts.js';
export type { MigrateOptions, Migration } from '#eia/migrate.js';
export type { EiaPlan, PlanOptions } from '#eia/plan.js';
export type { AskOptions as DescribeAcceleratorsOptions } from '#serve/accelerators/ask.js';
export type { AcceleratorDescription } from '#serve/accelerators/description.js';

/** What an archive would need on an accelerator of Elastic Inference, what stood in its way there, and what replaces the service. Runs nothing. */
export async function planEia(path: string, options?: PlanOptions): Promise<EiaPlan> {
  const module = await import('#eia/plan.js');
  return module.planEia(path, options);
}

/** The accelerators that a running server emulates, or that `serve` would attach for a list of types. */
export async function describeAccelerators(options?: AskOptions): Promise<readonly AcceleratorDescription[]> {
  const module = await import('#serve/accelerators/ask.js');
  return module.askAccelerators(options);
}

/** Writes a new archive without the accelerator that one declares, and lists what in its handler is left to change. */
export async function migrateEia(path: string, options: MigrateOptions): Promise<Migration> {
  const module = await import('#eia/migrate.js');
  return module.migrateEia(path, options);
}
