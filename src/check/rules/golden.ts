import { GOLDEN_CASES_DIR, requestEntry } from '#conventions/golden-cases.js';
import { isObject, pointerPart } from '#json-object.js';
import { schemaCheck } from '#schema.js';
import { defineRule, type Rule } from '../rule.js';

/** MAR5xx: golden cases, and what running the archive shows. */
export const GOLDEN_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR501',
    name: 'golden-case-invalid',
    severity: 'error',
    summary: 'a golden case is not well formed',
    why: 'It cannot be run, so it proves nothing; `mar test` and `mar validate --run` fail on it.',
    remedy: 'Correct the field that is shown; schemas/golden-case.schema.json describes the format.',
    example: {
      failing: '{ "reqest": { "file": "cat.png" } }',
      passing: '{ "request": { "file": "cat.png" }, "expect": { "classes": [{ "class": "n02123045 tabby" }] } }',
    },
    needs: ['golden'],
    *check({ golden }) {
      for (const { entry, json } of golden) {
        if (json.fault)
          yield { message: `${entry} is not JSON: ${json.fault.message}`, at: { entry, ...json.fault.at } };
        else
          for (const { pointer, message } of schemaCheck('golden-case')(json.value))
            yield {
              message: `${entry}: ${pointer || 'the whole file'} ${message}`,
              at: { entry, pointer, ...json.locate(pointer) },
            };
      }
    },
  }),
  defineRule({
    id: 'MAR502',
    name: 'golden-file-missing',
    severity: 'error',
    summary: 'the request file of a golden case is not in the archive',
    why: 'The case cannot be sent.',
    remedy: `Put the file beside the case, in ${GOLDEN_CASES_DIR}, and pack again.`,
    example: { failing: '"file": "cat.png" without cat.png', passing: '"file": "cat.png" with it' },
    needs: ['golden', 'archive'],
    *check({ golden, archive }) {
      for (const { entry, json } of golden) {
        const request = isObject(json.value) ? json.value['request'] : undefined;
        for (const [pointer, file] of sentFiles(request))
          if (!archive.get(requestEntry(file) ?? ''))
            yield {
              message: `${entry} sends ${file}, which is not in the archive`,
              at: { entry, pointer, ...json.locate(pointer) },
              found: file,
            };
      }
    },
  }),
  defineRule({
    id: 'MAR503',
    name: 'no-golden-case',
    severity: { local: 'note' },
    summary: 'the archive has no golden case',
    why: 'Nothing says what a right answer of this model looks like, so nobody can check it after a deployment.',
    remedy: `Put a request and its expected answer into ${GOLDEN_CASES_DIR} before packing; \`mar init\` makes one.`,
    example: { failing: 'an archive without MAR-INF/tests', passing: 'MAR-INF/tests/cat.json and cat.png' },
    needs: ['golden', 'manifest'],
    *check({ golden, manifest }) {
      const isOurs = manifest.runtime === 'nodejs' || Object.keys(manifest.archiver).length > 0;
      if (golden.length === 0 && isOurs)
        yield { message: 'there is no golden case', expected: `${GOLDEN_CASES_DIR}/*.json` };
    },
  }),
  defineRule({
    id: 'MAR510',
    name: 'load-failed',
    severity: 'error',
    summary: 'a worker cannot load the archive',
    why: 'With --run the archive is started in a real worker of our runner, whatever the targets; it failed there as it would while serving.',
    remedy: 'The reason is that of the handler or of ONNX Runtime; correct it and run again.',
    example: { failing: 'a handler that throws in initialize', passing: 'a handler that loads' },
    needs: ['run'],
    *check({ run }) {
      if (run.loadFailure === undefined) return;
      const { message, detail, advice } = run.loadFailure;
      const isContained = run.seen !== undefined && run.seen.uncontained === undefined;
      const isMissed = isContained && WALLS.test(`${message}\n${detail ?? ''}`);
      yield {
        message,
        ...(detail !== undefined && { frame: detail }),
        remedy: isMissed ? `${advice} ${CONTAINED}` : advice,
      };
    },
  }),
  defineRule({
    id: 'MAR511',
    name: 'golden-case-failed',
    severity: 'error',
    summary: 'the archive does not answer as its golden case says',
    why: 'With --run every golden case is sent to a real worker and the answer compared within its tolerance.',
    remedy: 'Look at what was expected and what came; if the new answer is right, update the case.',
    example: { failing: 'expected n02124075, got n02123045', passing: 'the expected class within the tolerance' },
    needs: ['run'],
    *check({ run }) {
      for (const { path, passed, differences } of run.cases)
        if (!passed)
          yield { message: `the golden case ${path} failed: ${differences.join('; ')}`, at: { entry: path } };
    },
  }),
  defineRule({
    id: 'MAR512',
    name: 'run-reaches-out',
    severity: 'warning',
    summary: 'the archive connects somewhere, starts programs or leaves some behind',
    why: 'A model that only computes needs neither. Where the run is contained nothing came of a connection; on a server it would.',
    remedy:
      'Ask why. Pack what is downloaded; take out what is not needed, or ignore this rule for an archive that you know.',
    example: { failing: 'a handler that posts each request to a collector', passing: 'a handler that computes' },
    needs: ['run'],
    *check({ run: { seen } }) {
      for (const action of seen?.actions ?? []) yield { message: `while it ran, the archive ${action}` };
      for (const name of seen?.processes ?? [])
        yield { message: `after the last answer, ${name} of the archive still ran` };
    },
  }),
];

/** How one fails that misses what a contained archive lacks. */
const WALLS =
  /ENETUNREACH|unreachable|EAI_AGAIN|getaddrinfo|name resolution|fetch failed|EROFS|read-only file system|MemoryError|bad_alloc/i;

/** What it lacks. */
const CONTAINED =
  'It ran contained: without network, and writing nothing but its own directory (--contain never runs it as any program of yours).';

/** The files that a request names, each with its place: the body, or inputs of a form. */
function sentFiles(request: unknown): [pointer: string, file: string][] {
  const fileOf = (value: unknown, at: string): [string, string][] =>
    isObject(value) && typeof value['file'] === 'string' ? [[`${at}/file`, value['file']]] : [];
  const inputs = isObject(request) && isObject(request['inputs']) ? Object.entries(request['inputs']) : [];
  return [
    ...fileOf(request, '/request'),
    ...inputs.flatMap(([name, input]) => fileOf(input, `/request/inputs/${pointerPart(name)}`)),
  ];
}
