#!/usr/bin/env node
import { mar } from '#cli/mar.js';
import { processIo } from '#cli/process-io.js';

// All output is written by now, or nobody takes it: nothing is worth staying for.
process.exit(await mar(process.argv.slice(2), processIo()));
