#!/usr/bin/env node
import { modelArchiver } from '#cli/model-archiver.js';
import { run } from './run.js';

await run(modelArchiver);
