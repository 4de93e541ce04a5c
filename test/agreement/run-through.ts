import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '#index.js';
import { disagreements } from './agree.js';
import { type Verdicts, verdictsOf } from './verdicts.js';

/** How many archives are on their way at once. */
const LANES = 3;

/** Puts archives into a model store and runs each through every command: its verdicts, and where they disagree. */
export async function runThrough(
  archives: Readonly<Record<string, (path: string) => void>>,
): Promise<Map<string, { readonly verdicts: Verdicts; readonly disagreements: readonly string[] }>> {
  const store = mkdtempSync(join(tmpdir(), 'mar-agreement-'));
  const results = new Map<string, { verdicts: Verdicts; disagreements: string[] }>();
  try {
    for (const [name, plant] of Object.entries(archives)) plant(join(store, name));
    const anyPort = 'http://127.0.0.1:0';
    const server = await serve({ modelStore: store, inferenceAddress: anyPort, managementAddress: anyPort });
    try {
      const names = Object.keys(archives).values();
      const lane = async (): Promise<void> => {
        for (const name of names) {
          const verdicts = await verdictsOf(store, name, server);
          results.set(name, { verdicts, disagreements: disagreements(verdicts) });
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    } finally {
      await server.close();
    }
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
  return results;
}
