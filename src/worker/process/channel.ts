import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';

/** Bytes that are read at once at most: what the socket of a worker holds. */
const READ_BYTES = 256 * 1024;

/**
 * The protocol's connection on a descriptor. It reads into one buffer for ever, since a new one for each read is garbage that costs
 * collections: what a `data` event hands over is valid only during the event.
 */
export function openChannel(descriptor: number): Duplex {
  const options: SocketConstructorOpts & ConnectOpts = {
    fd: descriptor,
    readable: true,
    writable: true,
    allowHalfOpen: true,
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (length, buffer) => channel.emit('data', Buffer.from(buffer.buffer, buffer.byteOffset, length)),
    },
  };
  const channel = new Socket(options);
  return channel;
}
