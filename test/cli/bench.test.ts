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

test('the report says what was run, without the secrets of headers and addresses; failures are exit code 1', () => {
  let asked = 0;
  return withServer(
    (request, response) => {
      asked += 1;
      assert.is(request.headers['authorization'], 'Bearer 123');
      response.writeHead(asked % 2 === 0 ? 429 : 200).end('ok');
    },
    async (url) => {
      const header = 'Authorization: Bearer 123';
      const short = ['--duration', '0.2', '--warm-up', '0', '--rounds', '2'];
      const argv = ['bench', `${url}?token=456&a=1`, '-d', '{"a": 1}', '-H', header, ...short];
      const { code, stdout } = await runMar(argv);
      assert.is(code, 1, stdout);
      assert.not.match(stdout, /123|456/);
      assert.match(stdout, /-d '\{"a": 1\}' -H 'Authorization: …'/);
      assert.match(stdout, /\d requests failed \(\d+\.\d\d %\); they are in no figure\n +[\d,]+ × status 429\n/);
      assert.match(stdout, /not known: the server was asked by its URL/);
    },
  );
});

test.run();
