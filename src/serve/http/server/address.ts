import type { Server } from 'node:http';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';

/** Where a listener is bound. */
export type Address =
  | { readonly kind: 'tcp'; readonly tls: boolean; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

const FORM = /^(https?):\/\/(\[[0-9a-f:.]+\]|[^:/[\]]+)(?::(\d+))?\/?$/i;

/**
 * Parses `http://HOST[:PORT]`, `https://HOST[:PORT]` or `unix:/PATH`. Without a port it is Multi Model Server's: 80 and 443 for inference,
 * 8081 and 8444 for management. Throws `ERR_ADDRESS`.
 */
export function parseAddress(key: string, text: string, management: boolean): Address {
  const socket = /^unix:(\/.+)$/i.exec(text)?.[1];
  if (socket !== undefined) return { kind: 'unix', path: socket };
  const [, scheme, host, portText] = FORM.exec(text) ?? [];
  if (scheme === undefined || host === undefined) {
    throw addressError(`${key} is "${text}"; expected http://HOST:PORT, https://HOST:PORT or unix:/PATH.`, meant(text));
  }
  const tls = scheme.toLowerCase() === 'https';
  const fallback = management ? (tls ? 8444 : 8081) : tls ? 443 : 80;
  const port = portText === undefined ? fallback : Number(portText);
  if (port > 65535) throw addressError(`${key} has port ${portText}; a port is at most 65535.`);
  return { kind: 'tcp', tls, host: host.replace(/^\[|\]$/g, ''), port };
}

/** A port, a host or a path alone says enough to be guessed. */
function meant(text: string): string | undefined {
  if (/^:?\d+$/.test(text)) return `Did you mean http://127.0.0.1:${text.replace(':', '')}?`;
  if (/^\//.test(text)) return `Did you mean unix:${text}?`;
  return !/\s/.test(text) && FORM.test(`http://${text}`) ? `Did you mean http://${text}?` : undefined;
}

/** True for addresses that only this machine reaches. */
export function isLoopback(address: Address): boolean {
  return address.kind === 'unix' || /^(127\.|::1$|localhost$)/i.test(address.host);
}

/** Starts listening. Returns the URL with the real port. Throws `ERR_LISTEN`. */
export async function listen(server: Server, address: Address): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      const listening = (): void => {
        server.off('error', reject);
        resolve();
      };
      if (address.kind === 'unix') server.listen(address.path, listening);
      else server.listen({ host: address.host, port: address.port, backlog: 1024 }, listening);
    });
  } catch (error) {
    throw listenError(address, error);
  }
  const bound = server.address();
  if (address.kind === 'unix' || bound === null || typeof bound === 'string') return urlOf(address);
  return urlOf({ ...address, port: bound.port });
}

function urlOf(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `http${address.tls ? 's' : ''}://${host}:${address.port}`;
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens there: stop it, or choose another port (0 takes a free one).',
  EACCES: 'Ports below 1024 belong to the administrator: choose a higher one.',
  EADDRNOTAVAIL: 'This machine has no such address.',
  ENOTFOUND: 'This machine has no such address.',
};

function listenError(address: Address, cause: unknown): MarError {
  const code = systemCode(cause) ?? '';
  const hint = HINTS[code];
  const reason = { EADDRINUSE: 'it is in use', EACCES: 'permission denied' }[code] ?? messageOf(cause);
  return new MarError(`Failed to bind to address: ${urlOf(address)} (${reason})`, {
    code: 'ERR_LISTEN',
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}

function addressError(message: string, hint?: string): MarError {
  return new MarError(message, { code: 'ERR_ADDRESS', ...(hint === undefined ? {} : { hint }) });
}
