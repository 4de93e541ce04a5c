/** A handler that does what a request asks for; the same source is packed for every server. */
export const ECHO = `
import { type Context, type Inputs, PredictionError } from 'model-archiver/service';

export class Echo {
  initialize(context: Context): void {
    console.log('echo is loaded: ' + context.modelName);
  }

  handle(batch: readonly Inputs[], context: Context): unknown[] {
    return batch.map((inputs, index) => {
      const body = inputs['body'] ?? inputs['data'];
      console.error('echo is asked: ' + String(body).slice(0, 20));
      context.metrics.addCounter('Asked', 1);
      switch (body) {
        case 'die':
          process.kill(process.pid, 'SIGKILL');
          break;
        case 'garbage':
          require('node:fs').writeSync(Number(process.argv[3] ?? 4), Buffer.alloc(64, 0xff));
          while (true);
        case 'pids':
          return { own: process.pid, parent: process.ppid };
        case 'refuse':
          return new PredictionError('not <this> one', 422);
        case 'refuse all':
          throw new PredictionError('none of them', 409);
        case 'throw':
          throw new TypeError('a defect');
        case 'memory':
          throw new RangeError('Array buffer allocation failed');
        case 'nothing':
          return undefined;
        case 'teapot':
          context.setResponseStatus(418, 'I am a teapot', index);
          context.setResponseHeader(index, 'X-Tea', 'green');
          context.setResponseContentType(index, 'text/x-tea');
          return 'short and stout';
        case 'request':
          return {
            id: context.requestIds[index],
            header: context.getRequestHeader(index, 'X-Asked'),
            type: context.getInputContentType(index, inputs['body'] === undefined ? 'data' : 'body'),
          };
      }
      if (body instanceof Uint8Array) return Buffer.from(body).reverse();
      return { batch: batch.length, body };
    });
  }
}
`.replace("require('node:fs')", "process.getBuiltinModule('node:fs')");

/** What is sent, with the content type, in the order in which it is sent. */
export const QUESTIONS: readonly (readonly [contentType: string, body: string | Uint8Array])[] = [
  ['text/plain', 'grüße'],
  ['application/json', '{"a": [1, 2.5, -1e-7, null, "\\ud83d\\ude00"], "__proto__": {"b": 1}}'],
  ['application/json', '"a text in JSON"'],
  ['application/json', '12345678901234567890'],
  ['application/octet-stream', new Uint8Array([1, 2, 255])],
  ['application/octet-stream', new Uint8Array(3_000_000).fill(7)],
  ['text/plain', 'refuse'],
  ['text/plain', 'refuse all'],
  ['text/plain', 'throw'],
  ['text/plain', 'memory'],
  ['text/plain', 'nothing'],
  ['text/plain', 'teapot'],
  ['text/plain', 'die'],
  ['text/plain', 'the one after'],
];

/** Two model directories: `echo` with that service, and `python` with a handler that needs no bridge. */
export const SOURCE = { 'echo/service.ts': ECHO, 'python/service.py': 'def handle(data, context):\n    return data\n' };
