import { createRequire } from 'node:module';

/** Required, not imported: an `import` spends a tenth of a second on the names that ten megabytes of CommonJS export. */
const morph: typeof import('ts-morph') = createRequire(import.meta.url)('ts-morph');

/** What we use of ts-morph. Loading this module takes a fifth of a second. */
export const { ModuleKind, Node, Project, ScriptTarget, SyntaxKind, ts } = morph;
export type Node = import('ts-morph').Node;
export type { ts as TypeScript } from 'ts-morph';
