#!/usr/bin/env node
import { spareMemory } from './spare-memory.js';
import { startSmall } from './start-small.js';

if (process.argv[2] === 'serve-local' || process.argv[2] === 'serve') startSmall();
if (process.argv[2] === 'validate') spareMemory();
const [{ mar }, { run }] = await Promise.all([import('#cli/mar.js'), import('./run.js')]);

await run(mar);
