import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logWriter } from '#cli/log-writer.js';

test('a log is kept up to a mebibyte for a reader that is late; what did not fit is counted', async () => {
  const read: string[] = [];
  let takeAll: () => void = () => {};
  const late = new Promise<void>((resolve) => {
    takeAll = resolve;
  });
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      read.push(chunk);
      void late.then(() => done());
    },
  });
  const log = logWriter(stream, ({ message }) => `${message}\n`);
  const event = (message: string) => ({ level: 'info', event: 'worker-stdout', message }) as const;
  for (let line = 0; line < 2000; line += 1) log(event('x'.repeat(1024)));
  assert.ok(stream.writableLength < 1_100_000);
  takeAll();
  await new Promise((resolve) => stream.write('', resolve));
  log(event('the next one'));
  await new Promise((resolve) => stream.write('', resolve));
  const [missing, next] = read.filter((line) => line !== '' && !line.startsWith('x'));
  const kept = read.filter((line) => line.startsWith('x')).length;
  assert.equal(
    [missing, next],
    [`${2000 - kept} events are missing here: nobody was reading the log\n`, 'the next one\n'],
  );
});

test('what is less grave than asked for is left out, but not the access log', () => {
  const written = (least?: 'debug' | 'info' | 'warn' | 'error'): string => {
    let text = '';
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        text += chunk;
        done();
      },
    });
    const log = logWriter(stream, ({ message }) => message, least);
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      log({ level, event: 'e', message: level[0] ?? '' });
    log({ level: 'info', event: 'access', message: 'A' });
    return text;
  };
  assert.equal([written('debug'), written(), written('warn'), written('error')], ['diweA', 'iweA', 'weA', 'eA']);
});

test.run();
