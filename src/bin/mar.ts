#!/usr/bin/env node
import { mar } from '#cli/mar.js';
import { run } from './run.js';

await run(mar);
