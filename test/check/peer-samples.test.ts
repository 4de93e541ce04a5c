import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { validate } from '#index.js';
import { recordedArchives, recordingPath } from '../support/recordings.js';

interface Step {
  readonly request?: { readonly method?: string; readonly target?: string };
  readonly normalized?: readonly { readonly status?: number }[];
}

/** Archives that the recorded server registered with a worker, by file name. */
function loadedBy(recording: string): Set<string> {
  const loaded = new Set<string>();
  for (const line of readFileSync(recordingPath(recording), 'utf8').split('\n')) {
    if (line === '') continue;
    const { request, normalized }: Step = JSON.parse(line);
    if (!URL.canParse(request?.target ?? '/', 'http://server')) continue;
    const target = new URL(request?.target ?? '/', 'http://server');
    const withWorker =
      Number(target.searchParams.get('initial_workers') ?? 0) > 0 && target.searchParams.get('synchronous') !== 'false';
    const url = target.searchParams.get('url');
    // A handler given with the request is not the archive's.
    if (
      request?.method === 'POST' &&
      url !== null &&
      withWorker &&
      !target.searchParams.has('handler') &&
      normalized?.[0]?.status === 200
    )
      loaded.add(url);
  }
  return loaded;
}

/** Loaded by the server, but an error for us on purpose. */
const ON_PURPOSE: Readonly<Record<string, string>> = {
  'dup-entry.mar': 'two entries with one path are two archives to two readers',
  'invalid.mar': 'its handler never returns a list: each request is answered 503 "Invalid model predict output"',
};

for (const { target, recording, store } of [
  { target: 'mms', recording: 'mms-golden.jsonl', store: 'mms' },
  { target: 'torchserve', recording: 'ts-golden.jsonl', store: 'ts' },
] as const) {
  test(`no false error on the sample archives that the real ${target} loads`, async () => {
    const loaded = loadedBy(recording);
    const files = [...recordedArchives(store)].filter(([name]) => loaded.has(name)).map(([, path]) => path);
    assert.ok(files.length >= 3, `${files.length} of ${loaded.size} recorded archives are in the store`);
    const { archives, failures } = await validate(files, { target: [target, 'local'] });
    assert.equal(failures, []);
    const wrong = archives.filter(
      ({ passed, path }) => !passed && !Object.keys(ON_PURPOSE).some((name) => path.endsWith(`/${name}`)),
    );
    assert.equal(
      wrong.map(({ path, findings }) => `${path}: ${findings.map((finding) => finding.message).join('; ')}`),
      [],
    );
  });
}

test.run();
