import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Server, serve, type Target } from '#index.js';
import { missingCommand } from './support/commands.js';
import {
  type Observation,
  observeArchive,
  observeVerdicts,
  type RecordedAnswer,
  type RecordedInput,
} from './support/observe-archive.js';
import { testUnless } from './support/test-unless.js';

/** What an archive did when it was frozen; what is absent is not asked. */
type Frozen = { readonly archive: string; readonly input: RecordedInput } & Pick<
  Observation,
  'manifest' | 'validated' | 'golden'
> &
  Partial<Observation>;

type TargetVerdict = Observation['validated'][Target];

const FOLDER = resolve('test/recordings/archives-2.0.0');
const frozen: readonly Frozen[] = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8'));

const test = suite<{ server: Server; directory: string; verdicts: Map<string, Observation['validated']> }>(
  'frozen archives of 2.0.0',
);

test.before(async (context) => {
  context.directory = await mkdtemp(join(tmpdir(), 'mar-frozen-'));
  context.verdicts = await observeVerdicts(frozen.map(({ archive }) => join(FOLDER, archive)));
  context.server = await serve({
    modelStore: FOLDER,
    inferenceAddress: 'http://127.0.0.1:0',
    managementAddress: 'http://127.0.0.1:0',
    cwd: context.directory,
    env: process.env,
    onLog: () => {},
  });
});
test.after(async ({ server, directory }) => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

for (const { archive, input, validated, predicted, served, ...expected } of frozen) {
  const missing = expected.manifest && isPython(expected.manifest) ? missingCommand('python3') : undefined;
  testUnless(missing, test, archive, async ({ server, verdicts }) => {
    const path = join(FOLDER, archive);
    const found = await observeArchive(path, input, predicted && server);
    assert.equal(found.manifest, expected.manifest);
    for (const target of ['local', 'mms', 'torchserve', 'sagemaker'] as const) {
      sameVerdict(verdicts.get(path)?.[target], validated[target], target);
    }
    assert.equal(found.golden, expected.golden);
    assert.equal(found.predicted, predicted);
    assert.equal(
      found.served && {
        ...found.served,
        description: recordedPart(found.served.description, served?.description),
        ...(found.served.answer && { answer: typed(found.served.answer, served?.answer) }),
      },
      served && { ...served, description: served.description },
    );
  });
}

/**
 * An answer that was recorded without a content type has a harmless one now, so that no browser guesses that it is a page
 * (docs/serve-local.md, Security); everything else of an answer stays as it was.
 */
function typed(found: RecordedAnswer, recorded: RecordedAnswer | undefined): RecordedAnswer {
  if (!('contentType' in found) || !recorded || !('contentType' in recorded)) return found;
  const isHarmless = ['text/plain; charset=utf-8', 'application/octet-stream'].includes(found.contentType);
  return recorded.contentType === '' && isHarmless ? { ...found, contentType: '' } : found;
}

/** Warnings about SageMaker that nobody knew in 2.0.0: how its toolkit starts the server was measured later. */
const LEARNED = /^MAR(137|326)\b/;

/** Equal but for notes and what was learned: a later version may say more about an archive, never less. */
function sameVerdict(found: TargetVerdict | undefined, expected: TargetVerdict, target: Target): void {
  assert.ok(found, `a verdict for ${target}`);
  const { note: notes, ...grave } = found;
  const { note: recorded, ...same } = expected;
  const known = found.warning.filter((warning) => !LEARNED.test(warning) || expected.warning.includes(warning));
  assert.equal({ ...grave, warning: known }, same, `on ${target}`);
  const lost = recorded.filter((note) => !notes.includes(note));
  assert.equal(lost, [], `notes that are no longer given on ${target}`);
}

/** The fields of a description that were recorded: a later version may describe more of a model. */
function recordedPart(found: unknown, recorded: unknown): unknown {
  if (!isFields(found) || !isFields(recorded)) return found;
  return Object.fromEntries(Object.keys(recorded).map((key) => [key, recordedPart(found[key], recorded[key])]));
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPython(manifest: unknown): boolean {
  const runtime = typeof manifest === 'object' && manifest && 'runtime' in manifest ? String(manifest.runtime) : '';
  return runtime.startsWith('python');
}

test('every file of the folder is one of the archives, or belongs to them', () => {
  const others = ['README.md', 'expected.json', 'green.png'];
  assert.equal(readdirSync(FOLDER).sort(), [...others, ...frozen.map(({ archive }) => archive)].sort());
});

test.run();
