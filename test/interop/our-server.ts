import { mkdirSync } from 'node:fs';
import { serve } from '#index.js';
import type { Host } from './cell.js';
import { managedHost } from './hosts.js';

/** Our runner over a store that does not exist yet, without details in its errors, as the real servers give none. */
export async function withOurServer<T>(store: string, use: (host: Host) => Promise<T>): Promise<T> {
  mkdirSync(store);
  const server = await serve({
    modelStore: store,
    inferenceAddress: 'http://127.0.0.1:0',
    managementAddress: 'http://127.0.0.1:0',
    errorDetail: false,
  });
  try {
    await server.ready;
    const { inferenceUrl: inference, managementUrl: management } = server;
    return await use(managedHost({ inference, management, store }));
  } finally {
    await server.close();
  }
}
