import type { Writable } from 'node:stream';
import type { LogEvent } from '#index.js';

/** Least grave first. */
export const LOG_LEVELS: readonly LogEvent['level'][] = ['debug', 'info', 'warn', 'error'];

/** Bytes of a log that may wait for their reader. */
const MAX_WAITING = 1 << 20;

/**
 * Writes events to a stream that may be read slowly or not at all. Nothing waits for the reader: while more than a mebibyte
 * waits for it, events are left out, and the next one that fits is preceded by their number. What is less grave than `least` is not
 * written; the access log is where it is switched on.
 */
export function logWriter(
  stream: Writable,
  format: (event: LogEvent, time: Date) => string,
  least: LogEvent['level'] = 'info',
): (event: LogEvent) => void {
  let leftOut = 0;
  const write = (event: LogEvent): boolean => stream.write(format(event, new Date()));
  return (event) => {
    if (event.event !== 'access' && LOG_LEVELS.indexOf(event.level) < LOG_LEVELS.indexOf(least)) return;
    if (stream.writableLength > MAX_WAITING) {
      leftOut += 1;
      return;
    }
    if (leftOut > 0) write(notRead(leftOut));
    leftOut = 0;
    write(event);
  };
}

function notRead(events: number): LogEvent {
  return {
    level: 'warn',
    event: 'log-not-read',
    message: `${events} events are missing here: nobody was reading the log`,
  };
}
