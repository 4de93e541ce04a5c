import { ACCELERATORS_FIXTURES } from './accelerators.js';
import { ARCHIVE_FIXTURES } from './archive.js';
import { CODE_FIXTURES } from './code.js';
import type { RuleFixture } from './fixture.js';
import { HANDLER_FIXTURES } from './handler.js';
import { MANIFEST_FIXTURES } from './manifest.js';
import { MODELS_FIXTURES } from './models.js';
import { RUN_FIXTURES } from './run.js';

/** Two archives per rule: one on which it speaks, one that is right where the other is wrong. */
export const FIXTURES: Readonly<Record<string, RuleFixture>> = {
  ...ARCHIVE_FIXTURES,
  ...MANIFEST_FIXTURES,
  ...HANDLER_FIXTURES,
  ...CODE_FIXTURES,
  ...MODELS_FIXTURES,
  ...RUN_FIXTURES,
  ...ACCELERATORS_FIXTURES,
};
