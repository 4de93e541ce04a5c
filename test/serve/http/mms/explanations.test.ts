import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../../../support/commands.js';
import { withRunner } from '../../../support/runner.js';
import { testUnless } from '../../../support/test-unless.js';

/** As TorchServe's BaseHandler: the first request of a batch says whether to explain, and for which target. */
const EXPLAINING = `
class Handler:
    def initialize(self, context):
        self.context = context

    def handle(self, data, context):
        context.metrics.add_counter("Seen", len(data), None)
        if context.get_request_header(0, "explain") == "True":
            return self.get_insights(data, data[0]["body"]["target"])
        return ["predicted %s" % row["body"]["target"] for row in data]

    def get_insights(self, data, target):
        if target < 0:
            raise ValueError("no such target")
        return ["explained %s" % target for row in data]
`;
const PLAIN = 'def handle(data, context):\n    return None if data is None else ["predicted"] * len(data)\n';
/** Looks at its headers as a whole, and explains if one asks for it. */
const LOOKING = `
def handle(data, context):
    if data is None:
        return None
    headers = context.get_all_request_header(0)
    return ["explained" if "explain" in headers and headers["explain"] == "True" else "predicted"] * len(data)
`;
/** Copies its headers into a log, as many do, and speaks of explanations without giving any. */
const TALKING = `
import json

def handle(data, context):
    """Reads no header "explain"."""
    if data is None:
        return None
    print(json.dumps(context.get_all_request_header(0)))
    return ["predicted"] * len(data)
`;
const NODE = 'export const handle = (batch) => batch.map(() => "predicted");';

testUnless(
  missingCommand('python3'),
  test,
  '/explanations reaches a handler that explains, one by one whatever is in the batch; others refuse it plainly',
  () =>
    withRunner(
      { 'why.py': EXPLAINING, 'plain.py': PLAIN, 'looking.py': LOOKING, 'talking.py': TALKING, node: NODE },
      async (runner) => {
        for (const name of ['why', 'plain', 'looking', 'talking', 'node'])
          await runner.manage('POST', `/models?url=${name}&initial_workers=1&batch_size=4&max_batch_delay=2000`);
        const ask = async (path: string, target: number, headers: Readonly<Record<string, string>> = {}) => {
          const answer = await fetch(`${runner.inferenceUrl}/${path}`, {
            method: 'POST',
            body: JSON.stringify({ target }),
            headers: { 'content-type': 'application/json', ...headers },
          });
          return [answer.status, await answer.text()];
        };
        const answers = await Promise.all([
          ask('predictions/why', 1),
          ask('explanations/why', 2, { Explain: 'False' }),
          ask('explanations/why', -1),
          ask('predictions/why', 4, { explain: 'True' }),
        ]);
        assert.equal(answers.toSpliced(2, 1), [
          [200, 'predicted 1'],
          [200, 'explained 2'],
          [200, 'explained 4'],
        ]);
        assert.is(answers[2]?.[0], 503);
        assert.match(String(answers[2]?.[1]), /Prediction failed.*ValueError: no such target/);
        const seen = (): number => runner.log.filter(({ message }) => message.includes('Seen.Count:1')).length;
        // What a worker prints comes another way than its answers, and may come later.
        while (seen() < 4) await new Promise((resolve) => setTimeout(resolve, 20));
        assert.is(seen(), 4, 'the metrics of each run are told, once');
        assert.equal(await ask('explanations/looking', 1), [200, 'explained']);
        assert.equal(await ask('predictions/talking', 1, { explain: 'True' }), [200, 'predicted']);
        for (const name of ['plain', 'talking', 'node']) {
          const [status, text] = await ask(`explanations/${name}`, 1);
          assert.is(status, 404);
          assert.match(String(text), new RegExp(`The handler of model ${name} explains nothing`));
        }
        assert.not.ok(
          runner.log.some(({ message }) => message.includes('mar-explanation')),
          'the handler sees no mark of ours',
        );
        const [status, text] = await ask('explanations/nobody', 1);
        assert.equal([status, JSON.parse(String(text)).type], [404, 'ModelNotFoundException']);
      },
    ),
);

test.run();
