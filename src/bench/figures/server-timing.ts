/** What a server says of one request in the header `Server-Timing`, as our runner does where `server_timing` is on. */
export interface ServerTiming {
  /** Milliseconds that it waited for a worker. */
  readonly queue: number;
  /** Milliseconds that its worker had it as the first, its batch included. */
  readonly handler: number;
  /** Requests of that batch. */
  readonly batch: number;
}

const FORM = /\r\nserver-timing:[^\r]*?\bqueue;dur=([\d.]+), handler;dur=([\d.]+), batch;desc="(\d+)"/i;

/** Reads it from the head of an answer; undefined where the server says nothing of the kind. */
export function serverTimingOf(head: string): ServerTiming | undefined {
  const [, queue, handler, batch] = FORM.exec(head) ?? [];
  return batch === undefined ? undefined : { queue: Number(queue), handler: Number(handler), batch: Number(batch) };
}
