import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withServer } from '../bench/with-server.js';
import { runMar } from '../support/run-mar.js';

const NOWHERE = 'http://127.0.0.1:9/predictions/m';
const MISTAKES: readonly (readonly [words: readonly string[], says: RegExp])[] = [
  [['--fail-on', 'p99=+10%'], /--baseline and --fail-on are given without each other/],
  [['--baseline', 'x.json'], /--baseline and --fail-on are given without each other/],
  [['--poisson'], /there is no --rate/],
  [['--fail-on', 'p98=+10%'], /There is no figure p98, expected throughput/],
  [['--fail-on', 'p99=-10%'], /p99 is worse when it grows: write p99=\+10%/],
  [['--fail-on', 'throughput=+5%'], /throughput is worse when it falls: write throughput=-5%/],
  [['--fail-on', 'p99=10ms'], /Expected FIGURE=CHANGE/],
  [['--rate', '0'], /Expected a number above 0/],
  [['--duration', '-1'], /Expected a number above 0/],
  [['--connections', '0'], /Expected a whole number from 1/],
  [['--precision', '100%'], /Expected a percentage/],
  [['--output', 'report.pdf'], /the format cannot be told from the name/],
  [['--output', 'pdf=x'], /expected text, json/],
  [['--data', 'x', 'file.bin'], /The request is given twice/],
];

for (const [words, says] of MISTAKES) {
  test(`mar bench ${words.join(' ')} is refused with what is wrong`, async () => {
    const { code, stderr } = await runMar(['bench', NOWHERE, '-d', 'x', ...words].filter(isMeant(words)));
    assert.is(code, 2);
    assert.match(stderr, says);
  });
}

/** The request is given once, unless the mistake is about that. */
function isMeant(words: readonly string[]): (word: string, index: number) => boolean {
  return (_, index) => !words.includes('--data') || (index !== 2 && index !== 3);
}

test('on a terminal a line says where the measurement stands, and goes; in a pipe there is none', () =>
  withServer(
    (_, response) => response.end('ok'),
    async (url) => {
      const argv = ['bench', url, '-d', 'x', '--duration', '0.2', '--warm-up', '0.1', '--rounds', '1'];
      const { stderr } = await runMar(argv, { terminal: true });
      assert.match(stderr, /warm-up: [\d,.]+ \/s, p99 \S+ .s[\s\S]*round 1 of 1 at most: [\d,.]+ \/s/);
      assert.ok(stderr.endsWith('\r\u001b[2K'));
      assert.is((await runMar(argv)).stderr, '');
      assert.is((await runMar([...argv, '--quiet'], { terminal: true })).stderr, '');
    },
  ));

test('an interrupted command prints and writes what there was, and was not completed', () => {
  const ending = new AbortController();
  let asked = 0;
  return withServer(
    (_, response) => {
      asked += 1;
      if (asked === 50) ending.abort('SIGINT');
      response.end('ok');
    },
    async (url) => {
      const argv = ['bench', url, '-d', 'x', '--duration', '60', '--warm-up', '0'];
      const { code, stdout } = await runMar(argv, { signal: ending.signal });
      assert.is(code, 2);
      assert.match(stdout, /^INTERRUPTED: the figures are of the time before\.\n/);
      assert.match(stdout, /\nthroughput +[\d,.]+ \/s/);
    },
  );
});

test('the report says what was run, without the secrets of headers and addresses; failures are exit code 1', () => {
  let asked = 0;
  return withServer(
    (request, response) => {
      asked += 1;
      assert.is(request.headers['authorization'], 'Bearer of-the-header');
      response.writeHead(asked % 2 === 0 ? 429 : 200).end('ok');
    },
    async (url) => {
      const header = 'Authorization: Bearer of-the-header';
      const short = ['--duration', '0.2', '--warm-up', '0', '--rounds', '2'];
      const argv = ['bench', `${url}?token=of-the-address&a=1`, '-d', '{"a": 1}', '-H', header, ...short];
      const { code, stdout } = await runMar(argv);
      assert.is(code, 1, stdout);
      assert.not.match(stdout, /of-the-header|of-the-address/);
      assert.match(stdout, /-d '\{"a": 1\}' -H 'Authorization: …'/);
      assert.match(stdout, /\d requests failed \(\d+\.\d\d %\); they are in no figure\n +[\d,]+ × status 429\n/);
      assert.match(stdout, /not known: the server was asked by its URL/);
    },
  );
});

test.run();
