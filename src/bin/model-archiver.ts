#!/usr/bin/env node
import { modelArchiver } from '#cli/model-archiver.js';
import { processIo } from '#cli/process-io.js';

process.exitCode = await modelArchiver(process.argv.slice(2), processIo());
