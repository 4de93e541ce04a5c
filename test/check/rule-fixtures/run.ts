import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { contentDigest, type Verification, verificationBeside } from '#conventions/verification.js';
import { SCRIPT_HANDLER, scriptFiles, zip } from '../sample-archives.js';
import { type Plant, type RuleFixture, script } from './fixture.js';

const CASE = JSON.stringify({ request: { json: {} }, expect: { text: 'ok' } });

/** A handler that answers with this, and two golden cases that hold it to nothing but the status. */
const answering = (results: string) =>
  scriptFiles({
    'service.mjs': `let kept;
const REFUSAL = Object.assign(new Error('not a list'), { status: 400, [Symbol.for('model-archiver.PredictionError')]: true });
export function handle(batch, context) {
  return ${results};
}
`,
    'MAR-INF/tests/a.json': '{ "request": { "json": [1] }, "expect": {} }',
    'MAR-INF/tests/b.json': '{ "request": { "json": [2] }, "expect": {} }',
  });

/** An archive with a record of its verification, in an entry or beside it, over what is right of its content. */
function attested(where: string, over: Readonly<Record<string, unknown>> = {}): Plant {
  const files = scriptFiles({ 'MAR-INF/tests/a.json': CASE });
  const entries = Object.entries(files).map(([path, data]) => ({
    path,
    size: data.length,
    sha256: createHash('sha256').update(data).digest('hex'),
  }));
  const verification: Verification = {
    content: { ...contentDigest(entries), ...over },
    verifiedAt: '2026-01-01T00:00:00.000Z',
    tool: { name: 'model-archiver', version: '2.0.0' },
    versions: { node: '20.15.0' },
    platform: 'linux-x64',
    runtime: 'nodejs',
    targets: [{ target: 'local', errors: 0, warnings: 0, notes: 0 }],
    ignored: 0,
    run: { cases: 1, passed: 1, seconds: 1 },
  };
  const text = JSON.stringify(verification);
  return (path) => {
    writeFileSync(path, zip(where === 'beside' ? files : { ...files, [where]: text }));
    if (where === 'beside') writeFileSync(verificationBeside(path), text);
  };
}

/** Fixtures of the rules about golden cases, runs and attestations. */
export const RUN_FIXTURES: Readonly<Record<string, RuleFixture>> = {
  MAR501: {
    fires: scriptFiles({ 'MAR-INF/tests/a.json': '{ "reqest": {} }' }),
    silent: scriptFiles({ 'MAR-INF/tests/a.json': CASE }),
  },
  MAR502: {
    fires: scriptFiles({ 'MAR-INF/tests/a.json': '{ "request": { "file": "cat.png" }, "expect": {} }' }),
    silent: scriptFiles({
      'MAR-INF/tests/a.json': '{ "request": { "file": "cat.png" }, "expect": {} }',
      'MAR-INF/tests/cat.png': 'x',
    }),
  },
  MAR503: { fires: scriptFiles(), silent: scriptFiles({ 'MAR-INF/tests/a.json': CASE }) },
  MAR510: { fires: script(`throw new Error("no");\n${SCRIPT_HANDLER}`), silent: scriptFiles(), run: true },
  MAR512: {
    fires: script(
      `import { spawnSync } from 'node:child_process';\nspawnSync(process.execPath, ['--version']);\n${SCRIPT_HANDLER}`,
    ),
    silent: scriptFiles(),
    run: true,
  },
  MAR511: {
    fires: scriptFiles({ 'MAR-INF/tests/a.json': CASE.replace('ok', 'other') }),
    silent: scriptFiles({ 'MAR-INF/tests/a.json': CASE }),
    run: true,
  },
  MAR513: {
    fires: answering('batch.map(() => Math.random())'),
    silent: answering('batch.map(({ body }) => body)'),
    run: true,
  },
  MAR514: {
    fires: answering('batch.map(({ body }) => body).reverse()'),
    silent: answering('batch.map(({ body }) => body)'),
    run: true,
  },
  MAR515: { fires: answering('[batch[0].body]'), silent: answering('batch.map(({ body }) => body)'), run: true },
  MAR516: {
    fires: answering('batch.map(({ body }) => { if (!Array.isArray(body)) throw REFUSAL; return body; })'),
    silent: answering('batch.map(({ body }) => (Array.isArray(body) ? body : REFUSAL))'),
    run: true,
  },
  MAR517: {
    fires: answering('batch.map(({ body }) => (Array.isArray(body) ? body : process.exit(3)))'),
    silent: answering('batch.map(({ body }) => (Array.isArray(body) ? body : REFUSAL))'),
    run: true,
  },
  MAR518: {
    fires: answering('batch.map(({ body }) => body.at(0))'),
    silent: answering('batch.map(({ body }) => (Array.isArray(body) ? body : REFUSAL))'),
    run: true,
  },
  MAR523: {
    fires: answering('batch.map(({ body }) => (JSON.stringify(body).length > 1e6 ? Buffer.alloc(65 << 20) : body))'),
    silent: answering('batch.map(({ body }) => (JSON.stringify(body).length > 1e6 ? REFUSAL : body))'),
    run: true,
  },
  MAR519: {
    fires: answering('batch.map(({ body }) => (Array.isArray(body) ? (kept ?? body) : ((kept = [9]), REFUSAL)))'),
    silent: answering('batch.map(({ body }) => (Array.isArray(body) ? body : REFUSAL))'),
    run: true,
  },
  MAR520: {
    fires: attested('MAR-INF/verification.json', { sha256: '0'.repeat(64) }),
    silent: attested('MAR-INF/verification.json'),
  },
  MAR521: { fires: attested('beside', { sha256: '0'.repeat(64) }), silent: attested('beside') },
  MAR522: {
    fires: scriptFiles({ 'MAR-INF/verification.json': '{ "verified": true }' }),
    silent: attested('MAR-INF/verification.json'),
  },
};
