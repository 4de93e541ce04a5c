import { STATUS_CODES } from 'node:http';

/** Where Netty, whose phrases Multi Model Server sends, words it differently from Node. */
const PHRASES: Readonly<Record<number, string>> = {
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Requested Range Not Satisfiable',
  425: 'Unordered Collection',
};

/** Codes that Node has a phrase for and Netty has not. */
const UNKNOWN_TO_PEERS = new Set([103, 208, 226, 418, 451, 508, 509]);

const CLASSES = ['Unknown Status', 'Informational', 'Success', 'Redirection', 'Client Error', 'Server Error'];

/** The reason phrase of Multi Model Server: `Not Found`, and `Client Error (418)` for codes without a name. */
export function reasonPhrase(status: number): string {
  const known = PHRASES[status] ?? (UNKNOWN_TO_PEERS.has(status) ? undefined : STATUS_CODES[status]);
  return known ?? `${CLASSES[Math.floor(status / 100)] ?? CLASSES[0]} (${status})`;
}
