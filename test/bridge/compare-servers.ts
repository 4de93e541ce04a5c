import * as assert from 'uvu/assert';
import { serve } from '#index.js';
import { type PeerServer, startPeer } from '../check/peer-server.js';
import type { Peer } from '../support/peers.js';
import { QUESTIONS } from './echo-service.js';

/** What a client sees of an answer. */
export interface Seen {
  readonly status: number;
  readonly type: string | null;
  readonly tea: string | null;
  readonly body: string;
}

/** Sends one request, and looks at what matters of the answer. */
export async function ask(base: string, model: string, contentType: string, body: string | Uint8Array): Promise<Seen> {
  const headers = { 'content-type': contentType, 'x-asked': 'yes' };
  const response = await fetch(`${base}/predictions/${model}`, { method: 'POST', headers, body });
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status } = response;
  return {
    status,
    type: response.headers.get('content-type'),
    tea: response.headers.get('x-tea'),
    body: bytes.toString('latin1'),
  };
}

/** Registers an archive of the store with one worker; the server's own words where it refuses. */
export async function register(peer: PeerServer, name: string, more = ''): Promise<void> {
  const response = await fetch(`${peer.management}/models?url=${name}.mar&initial_workers=1&synchronous=true${more}`, {
    method: 'POST',
  });
  const answer = await response.text();
  assert.is(response.status, 200, `${answer}\n${peer.printed().slice(-6000)}`);
}

/** Takes a model away again. */
export async function unregister(peer: PeerServer, model: string): Promise<void> {
  const response = await fetch(`${peer.management}/models/${model}`, { method: 'DELETE' });
  assert.is(response.status, 200, await response.text());
}

/** Asks the real server and ours the same questions of one archive, one by one; the answers have to be the same, field by field. */
export async function sameAnswers(peer: PeerServer, archive: string, model: string): Promise<void> {
  const ours = await serve({ archives: [archive], errorDetail: false, port: 0 });
  try {
    await ours.ready;
    for (const [type, body] of QUESTIONS) {
      const expected = await ask(ours.inferenceUrl, model, type, body);
      const found = await ask(peer.inference, model, type, body);
      const said = typeof body === 'string' ? body : `${body.length} bytes`;
      assert.equal(withoutDefaults(found), withoutDefaults(expected), `${said}\n${peer.printed().slice(-3000)}`);
    }
  } finally {
    await ours.close();
  }
}

/** Where nobody says a type, ours says what the body is, and the servers say nothing. */
function withoutDefaults(seen: Seen): Seen {
  const isDefault = seen.type !== null && /^(text\/plain; charset=utf-8|application\/octet-stream)$/i.test(seen.type);
  return { ...seen, type: isDefault ? null : seen.type };
}

/** Runs with a real server that ends afterwards. */
export async function withPeer(
  peer: Peer,
  variables: Readonly<Record<string, string>>,
  use: (server: PeerServer) => Promise<void>,
): Promise<void> {
  const server = await startPeer(peer, variables);
  try {
    await use(server);
  } finally {
    server.stop();
  }
}

/** Resolves when a process is gone. */
export async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
