import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/model-folder.js';
import { runMar } from '../support/run-mar.js';

const THROWS = `import { readFileSync } from 'node:fs';
const labels = readFileSync('/nowhere/labels.txt', 'utf8');
export const handle = (batch: unknown[]) => batch.map(() => labels);
`;
const SLOW = 'export const handle = () => new Promise<never>(() => setTimeout(() => {}, 60_000));\n';

async function findings(cwd: string, archive: string) {
  const { stdout } = await runMar(['validate', '--run', archive, '--json'], { cwd });
  const [report]: [{ passed: boolean; findings: { rule: string; remedy: string }[] }] = JSON.parse(stdout).archives;
  assert.is(report.passed, false);
  return report.findings.filter(({ rule }) => /^MAR[235]/.test(rule) && rule !== 'MAR503');
}

async function build(cwd: string, handler: string): Promise<void> {
  const { code, stderr } = await runMar(['build', 'm', '--model-name', 'x', '--handler', handler], { cwd });
  assert.is(code, 0, stderr);
}

test(
  'a handler that does not load: validate says what to do as predict does',
  inFolder({ 'm/service.ts': THROWS, 'in.json': '{}' }, async ({ path }) => {
    await build(path, 'service.ts');
    const [found, ...others] = await findings(path, 'x.mar');
    assert.equal([found?.rule, others], ['MAR510', []]);
    const { stderr } = await runMar(['predict', 'x.mar', 'in.json'], { cwd: path });
    assert.is(stderr.split('\n').at(-2), `hint: ${found?.remedy}`);
    assert.match(found?.remedy ?? '', '/nowhere/labels.txt is not on this machine: pack the file');
  }),
);

test(
  'what a rule shows with its place is not told again as a failure to load; ignored, it is',
  inFolder({ 'm/service.py': 'def predict(data, context):\n    return data\n' }, async ({ path }) => {
    await build(path, 'service.py');
    assert.equal(
      (await findings(path, 'x.mar')).map(({ rule }) => rule),
      ['MAR304'],
    );
    const { stdout } = await runMar(['validate', '--run', 'x.mar', '--ignore', 'MAR304'], { cwd: path });
    assert.match(stdout, 'MAR510 load-failed');
  }),
);

test(
  'predict --timeout names itself when it is too short, not a setting of a server',
  inFolder({ 'm/service.ts': SLOW, 'in.json': '{}' }, async ({ path }) => {
    await build(path, 'service.ts');
    const { code, stderr } = await runMar(['predict', 'x.mar', 'in.json', '--timeout', '1'], { cwd: path });
    assert.is(code, 2);
    assert.match(
      stderr,
      /error: The worker of model x did not (start|answer) within 1000 ms\.\n(.*\n)*hint: Loading, and each answer, may take 1 s: give it longer with --timeout SECONDS \(mar predict, mar test\)\.\n$/,
    );
  }),
);

test.run();
