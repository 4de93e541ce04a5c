#!/usr/bin/env node
import { modelArchiver } from '#cli/model-archiver.js';
import { processIo } from '#cli/process-io.js';

// All output is written by now, or nobody takes it: nothing is worth staying for.
process.exit(await modelArchiver(process.argv.slice(2), processIo()));
