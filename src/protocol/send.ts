import type { Duplex } from 'node:stream';

/** Writes one message in a single system call; false while the peer does not keep up (wait for `drain`). */
export function send(channel: Duplex, buffers: readonly Buffer[]): boolean {
  if (buffers.length === 1 && buffers[0]) return channel.write(buffers[0]);
  channel.cork();
  let ready = true;
  for (const buffer of buffers) ready = channel.write(buffer);
  channel.uncork();
  return ready;
}
