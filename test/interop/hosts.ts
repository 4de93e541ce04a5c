import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Host } from './cell.js';
import type { Row } from './rows.js';

/** Where a running server listens, and the store that it takes archives from. */
interface Running {
  readonly inference: string;
  readonly management: string;
  readonly store: string;
}

/** A server with the management API that ours, Multi Model Server and TorchServe share. */
export function managedHost({ inference, management, store }: Running): Host {
  const url = ({ model }: Row) => `${inference}/predictions/${model}`;
  return {
    batches: true,
    url,
    async register({ archive, model }) {
      const file = basename(archive);
      copyFileSync(archive, join(store, file));
      const query = `url=${file}&model_name=${model}&initial_workers=1&synchronous=true&batch_size=2&max_batch_delay=200`;
      const response = await fetch(`${management}/models?${query}`, { method: 'POST' });
      const text = await response.text();
      return response.status === 200 ? undefined : reasonOf(response.status, text);
    },
    async unregister(row) {
      const removed = await fetch(`${management}/models/${row.model}`, { method: 'DELETE' });
      if (removed.status !== 200) return removed.status;
      await removed.arrayBuffer();
      const after = await fetch(url(row), { method: 'POST', body: 'x' });
      await after.arrayBuffer();
      return after.status;
    },
  };
}

/** The first words of a server's refusal. */
export function reasonOf(status: number, text: string): string {
  let message = text;
  try {
    message = JSON.parse(text).message ?? text;
  } catch {
    // it is not JSON: said as it is
  }
  return `${status} ${String(message).split('\n')[0]}`.trim();
}
