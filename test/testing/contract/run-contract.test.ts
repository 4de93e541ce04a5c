import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONTRACT_FAULTS, faultsOf, type RunContract } from '#conventions/run-contract.js';
import { type GoldenResult, test as runTest } from '#index.js';
import { withPacked } from '../../support/packed.js';
import { runMar } from '../../support/run-mar.js';

const IMPORT = "import { PredictionError } from 'model-archiver/service';\n";
const REFUSE = "new PredictionError('not a list', 400)";
const CASES = {
  'MAR-INF/tests/a.json': '{ "request": { "json": [1] }, "expect": { "json": [1] } }',
  'MAR-INF/tests/b.json': '{ "request": { "json": [2] }, "expect": {} }',
};

/** Tests an archive whose handler answers with these results; `before` runs when it is loaded. */
async function tested(
  results: string,
  { before = '', cases = CASES }: { before?: string; cases?: Readonly<Record<string, string>> } = {},
): Promise<GoldenResult & { contract: RunContract }> {
  let found: GoldenResult | undefined;
  const service = `${IMPORT}${before}\nexport function handle(batch) {\n  return ${results};\n}\n`;
  await withPacked({ 'service.js': service, ...cases }, async (archive) => {
    found = await runTest(archive, { contract: { requests: 40, timeMs: 60_000 } });
  });
  if (found?.contract === undefined) throw new Error('there is no contract');
  return { ...found, contract: found.contract };
}

const told = ({ checks }: RunContract, name: string): string => {
  const check = checks.find((one) => one.name === name);
  return `${check?.looked ? '' : 'not looked at: '}${check?.told}`;
};
const faults = (contract: RunContract): string[] => faultsOf(contract).map(({ fault }) => fault);

test('a model that keeps the contract: everything is looked at, and nothing is wrong', async () => {
  const results = `batch.map(({ body }) => (Array.isArray(body) ? body : ${REFUSE}))`;
  const { contract, passed, seen } = await tested(results, { before: "console.log('loaded');" });
  assert.equal(faultsOf(contract), []);
  assert.ok(passed);
  assert.equal(
    contract.checks.map(({ name, looked }) => [name, looked]),
    ['repeats', 'batches', 'bad bodies', 'a bad neighbour', 'afterwards'].map((name) => [name, true]),
  );
  assert.is(told(contract, 'batches'), 'of 2 and of 3');
  assert.is(told(contract, 'bad bodies'), 'JSON 400, a text 400, bytes 400, an empty body 400, a body of 6.6 MB 200');
  assert.is(told(contract, 'a bad neighbour'), 'JSON in a batch of 3');
  assert.is(contract.life?.requests, 40);
  assert.is(contract.life?.path, 'MAR-INF/tests/a.json');
  if (process.platform === 'linux') assert.ok((contract.life?.firstBytes ?? 0) > 10_000_000);
  assert.equal(contract.printed, { lines: 1, first: ['loaded'] });
  assert.equal(seen?.processes, []);
});

test('answers that change places in a batch are a grave fault, with the place and the difference', async () => {
  const { contract, passed, cases } = await tested('batch.map(({ body }) => body).reverse()');
  assert.ok(cases.every((one) => one.passed));
  assert.not(passed);
  const [first] = faultsOf(contract);
  assert.equal(first, {
    fault: 'batch-differs',
    path: 'MAR-INF/tests/a.json',
    message: 'in a batch of 2 MAR-INF/tests/a.json is answered otherwise than alone: $[0] is 2, expected 1 ± 0.0001',
  });
});

test('one result for a batch fails batches only, told once for each; the neighbour is not tried', async () => {
  const { contract, passed } = await tested(`[Array.isArray(batch[0].body) ? batch[0].body : ${REFUSE}]`);
  assert.equal(faults(contract), ['batch-refused', 'batch-refused']);
  assert.match(
    faultsOf(contract)[0]?.message ?? '',
    /^in a batch of 2 .*a\.json is answered with 503 \(.*\), and alone with 200$/,
  );
  assert.is(told(contract, 'a bad neighbour'), 'not looked at: batches are refused anyway');
  assert.ok(passed, 'a server asks batches only where it is told to');
});

test('an exception for one request hurts its neighbours, and is the fault of the server alone', async () => {
  const { contract, passed } = await tested('batch.map(({ body }) => body.at(0) && body)');
  const kinds = new Set(faults(contract));
  assert.equal(kinds, new Set(['body-not-refused', 'neighbour-hurt']));
  assert.match(
    faultsOf(contract)[0]?.message ?? '',
    /^JSON is answered with 503 \(Prediction failed TypeError: .*\), expected an error of the client, 400 to 499$/,
  );
  assert.ok(passed);
});

test('a body that ends the worker is a grave fault, and what was not looked at is said', async () => {
  const results = "batch.map(({ body }) => (typeof body === 'string' ? process.exit(3) : body))";
  const { contract, passed } = await tested(results);
  assert.equal(faults(contract), ['worker-lost']);
  assert.match(faultsOf(contract)[0]?.message ?? '', /^a text ends the worker: .*exited with code 3/);
  assert.is(told(contract, 'bad bodies'), 'JSON 200, a text ends the worker, the rest was not sent');
  assert.is(told(contract, 'afterwards'), 'not looked at: the worker is gone');
  assert.not(passed);
});

test('an answer that the server does not let out is a warning: the worker is ended for it', async () => {
  const { contract, passed } = await tested(
    'batch.map(({ body }) => (Array.isArray(body) && body.length > 9 ? Buffer.alloc(65 << 20) : body))',
  );
  assert.equal(faults(contract), ['answer-too-large']);
  assert.match(
    faultsOf(contract)[0]?.message ?? '',
    /^a body of 6\.6 MB ends the worker: .* sent a response of \d+ bytes/,
  );
  assert.ok(passed);
});

test('bodies that fail alike are one finding, with what the first of them says', async () => {
  const { contract } = await tested('batch.map(({ body }) => (Array.isArray(body) ? body : undefined))');
  assert.equal(
    faultsOf(contract).map(({ message }) => message.replace(/\(.*\)/, '(…)')),
    ['JSON, a text, bytes are answered with 503 (…), expected an error of the client, 400 to 499'],
  );
  assert.match(faultsOf(contract)[0]?.message ?? '', '(Unsupported model output data type. result ');
});

test('a worker that ends when it is asked again is one too', async () => {
  const results = 'batch.map(({ body }) => (++asked > 3 ? process.exit(4) : body))';
  const { contract, passed } = await tested(results, { before: 'let asked = 0;' });
  assert.equal(faults(contract), ['worker-lost']);
  assert.match(
    faultsOf(contract)[0]?.message ?? '',
    /^requests of golden cases, asked again or together, end the worker/,
  );
  assert.not(passed);
});

test('a worker that is lost in a golden case has no contract: the case says it', async () => {
  await withPacked({ 'service.js': 'export const handle = () => process.exit(5);', ...CASES }, async (archive) => {
    const { contract, cases, passed } = await runTest(archive);
    assert.equal([contract, passed], [undefined, false]);
    assert.match(cases[0]?.differences[0] ?? '', 'exited with code 5');
  });
});

test('what is not deterministic is a note that says by how much, and batches of it are held to the status', async () => {
  const results = `batch.map(({ body }) => (Array.isArray(body) ? [body[0] + (next = !next) / 2000, 7] : ${REFUSE}))`;
  const { contract, passed } = await tested(results, {
    before: 'let next = true;',
    cases: { 'MAR-INF/tests/b.json': CASES['MAR-INF/tests/b.json'] },
  });
  assert.equal(faults(contract), ['not-repeatable']);
  assert.match(
    faultsOf(contract)[0]?.message ?? '',
    /^not deterministic: asked \d+ more times, MAR-INF\/tests\/b\.json was answered differently \d+ times: numbers differ by up to 0\.0005$/,
  );
  assert.ok(passed);
});

test('a bad request that stays in the handler shows in the answers afterwards', async () => {
  const results = `batch.map(({ body }) => (Array.isArray(body) ? (kept ?? body) : ((kept = [9]), ${REFUSE})))`;
  const { contract, passed } = await tested(results, { before: 'let kept;' });
  assert.ok(faults(contract).includes('answer-changed'), faults(contract).join());
  assert.not(passed);
});

test('without a golden case only bad bodies are looked at, and that is said', async () => {
  const { contract, passed } = await tested(`batch.map(() => ${REFUSE})`, { cases: {} });
  assert.ok(passed);
  const looked = contract.checks.filter((check) => check.looked).map(({ name }) => name);
  assert.equal(looked, ['bad bodies']);
  assert.is(told(contract, 'batches'), 'not looked at: no golden case is answered as it should be');
  assert.is(contract.life, undefined);
});

test('a hundred cases and what is looked at beside them use one worker', async () => {
  const numbers = Array.from({ length: 100 }, (_, index) => index);
  const cases = Object.fromEntries(
    numbers.map((number) => [
      `MAR-INF/tests/${number}.json`,
      JSON.stringify({ request: { json: [number] }, expect: { json: [number] } }),
    ]),
  );
  const {
    contract,
    passed,
    cases: ran,
  } = await tested('batch.map(({ body }) => body)', {
    before: "console.log('worker', process.pid);",
    cases,
  });
  assert.equal([passed, ran.length, contract.printed.lines], [true, 100, 1]);
  assert.is(told(contract, 'batches'), 'of 2 and of 8');
});

test('mar test prints the checks, fails for a grave fault, and leaves them out with --cases-only', () => {
  const service = 'export const handle = (batch) => (console.log("asked"), batch.map(({ body }) => body).reverse());';
  return withPacked({ 'service.js': service, ...CASES }, async (archive) => {
    const run = await runMar(['test', archive, '--requests', '30']);
    assert.is(run.code, 1);
    assert.match(run.stdout, /^ok {3}repeats: \d+ asked again$/m);
    assert.match(
      run.stdout,
      /^FAIL batches: of 2 and of 3\n {5}in a batch of 2 MAR-INF\/tests\/a\.json is answered otherwise/m,
    );
    assert.match(run.stdout, /^ {5}first request \d+\.\d ms.*; request 30 \d+\.\d ms/m);
    assert.match(run.stdout, /^ {5}printed \d\d lines$/m);
    assert.match(run.stdout, /2 of 2 golden cases of echo passed\. \d faults beside them\n$/);
    assert.is(run.stderr, 'asked\nasked\n', 'what it says of the cases, and no more');
    const quiet = await runMar(['test', archive, '--quiet']);
    assert.match(quiet.stdout, /FAIL {2}2 of 2 golden cases passed; \d faults beside them\n$/);
    const only = await runMar(['test', archive, '--cases-only']);
    assert.is(only.code, 0);
    assert.not.match(only.stdout, /repeats|batches|request/);
  });
});

test('every fault has a level', () => {
  assert.equal(new Set(Object.values(CONTRACT_FAULTS)), new Set(['note', 'error', 'warning']));
});

test.run();
