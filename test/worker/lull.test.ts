import { Duplex } from 'node:stream';
import { mock } from 'node:test';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeLoad } from '#protocol/load.js';
import { encodePredict } from '#protocol/predict.js';
import { responseDecoder } from '#protocol/response.js';
import { send } from '#protocol/send.js';
import { Session } from '#worker/session.js';
import { inFolder } from '../support/model-folder.js';

/** Tells the order in which its requests are prepared and run; a run holds the thread, as ONNX Runtime does. */
const HANDLER = `
const order = [];
export default class {
  prepare(batch) { for (const { body } of batch) order.push('prepare ' + body); }
  async handle(batch) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const { body } of batch) order.push('run ' + body);
    const end = performance.now() + 250;
    while (performance.now() < end);
    return batch.map(() => order.join(', '));
  }
}
`;

/** Two ends of a connection within this process: what one writes the other reads in the next turn of the event loop. */
function connected(): [Duplex, Duplex] {
  const end = (other: () => Duplex): Duplex =>
    new Duplex({
      allowHalfOpen: true,
      read: () => {},
      write: (chunk, _encoding, done) => {
        setImmediate(() => other().push(chunk));
        done();
      },
      final: (done) => {
        setImmediate(() => other().push(null));
        done();
      },
    });
  const near: Duplex = end(() => far);
  const far: Duplex = end(() => near);
  return [near, far];
}

test(
  'what a client asks for after its answer is prepared before the next batch runs',
  inFolder({ 'service.mjs': HANDLER }, async (folder) => {
    const [near, far] = connected();
    // The first wait lasts as long as it takes on a machine that does other things: what ends it is the request.
    const { setTimeout: wait } = globalThis;
    let patience = 1000;
    mock.method(globalThis, 'setTimeout', (done: () => void, ms: number) => wait(done, ms * patience));
    const served = new Session(far).serve();
    const predict = (...bodies: readonly string[]): void => {
      const messages = bodies.flatMap((id) => {
        const parameters = [{ name: 'body', contentType: 'text/plain', value: Buffer.from(id) }];
        return encodePredict({ jobs: [{ id, headers: [], parameters }] });
      });
      send(near, [Buffer.concat(messages)]);
    };
    const decoder = responseDecoder();
    const answers: string[] = [];
    near.on('data', (chunk: Buffer) => {
      for (const { code, predictions } of decoder.push(chunk)) {
        assert.is(code, 200);
        const [answer] = predictions;
        if (!answer) {
          predict('first', 'second');
          continue;
        }
        answers.push(String(answer.body));
        if (answer.id === 'first') {
          predict('third');
          patience = 1;
        }
        if (answer.id === 'third') near.end();
      }
    });
    const load = { modelName: 'm', modelPath: folder.path, batchSize: 1, handler: 'service.mjs', gpuId: -1 } as const;
    send(near, encodeLoad({ ...load, dialect: { kind: 'mms', ioFd: '' } }));
    await served;
    const together = 'prepare first, prepare second, run first';
    assert.equal(answers, [
      together,
      `${together}, prepare third, run second`,
      `${together}, prepare third, run second, run third`,
    ]);
  }),
);

test.run();
