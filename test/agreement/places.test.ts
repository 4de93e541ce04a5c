import { test } from 'uvu';
import { IN_FIELDS, testSamples } from './test-samples.js';

await testSamples(test, (name) => !IN_FIELDS.test(name));

test.run();
