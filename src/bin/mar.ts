#!/usr/bin/env node
import { mar } from '#cli/mar.js';
import { processIo } from '#cli/process-io.js';

process.exitCode = await mar(process.argv.slice(2), processIo());
