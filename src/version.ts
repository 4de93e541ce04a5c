import { readFileSync } from 'node:fs';
import { ownFile } from './own-files.js';

const manifest: unknown = JSON.parse(readFileSync(ownFile('package.json'), 'utf8'));

/** The version of this package, as in package.json. */
export const VERSION: string = (manifest as { version: string }).version;
