import type { Duplex } from 'node:stream';

/** Writes one message in a single system call where the operating system allows it. */
export function send(channel: Duplex, buffers: readonly Buffer[]): void {
  channel.cork();
  for (const buffer of buffers) channel.write(buffer);
  channel.uncork();
}
