import { Window } from '#bench/figures/window.js';
import { summaryOf } from '#bench/summary.js';
import type { BenchResult } from '#index.js';

const TIMING = 'HTTP/1.1 200 OK\r\nServer-Timing: queue;dur=1.000, handler;dur=4.000, batch;desc="2"';

/** A round of a second with so many answers of 10 ms and one of 40 ms, and so many errors of each reason. */
function round(answers: number, errors: Readonly<Record<string, number>>, head: string): Window {
  const window = new Window(0);
  for (let at = 0; at < answers; at += 1) window.answered((1000 * at) / answers, 10, head);
  window.answered(999, 40, head);
  for (const [reason, count] of Object.entries(errors))
    for (let left = count; left > 0; left -= 1) window.failed(999, reason);
  window.close(1000);
  return window;
}

/** A measurement of an archive with the strings in `text` where others may have a say: names, errors, addresses. */
export function sampleBench(text: string, changes: Partial<BenchResult> = {}): BenchResult {
  const windows = [99, 101, 100].map((answers) => round(answers, { [`status 503 ${text}`]: 2 }, TIMING));
  return {
    format: 1,
    status: 'complete',
    command: `mar bench ${text}`,
    startedAt: '2026-11-25T18:00:00.000Z',
    target: {
      ...{ kind: 'archive', source: text, url: text, modelName: text, server: text },
      ...{ workers: 2, threads: 1, batchSize: 4, maxBatchDelay: 5 },
      device: { running: 'cpu', executionProviders: ['CPUExecutionProvider'] },
    },
    machine: {
      ...{ processor: 'A Processor', cores: 2, memoryBytes: 16e9, platform: 'linux', architecture: 'x64' },
      release: '6.1',
    },
    versions: { modelArchiver: '2.0.0', node: 'v20.20.2' },
    load: {
      shape: { kind: 'closed', connections: 1 },
      timeoutMs: 30_000,
      requests: [{ name: text, bytes: 100 }],
      ...{ judged: 'golden cases', leftOut: [text] },
    },
    warmUp: { seconds: 3, steady: true },
    narrow: true,
    ...summaryOf(windows),
    processes: [{ name: text, processors: 0.5, residentBytes: 50e6, proportionalBytes: 40e6 }],
    generator: { busy: 0.5 },
    warnings: [text],
    ...changes,
  };
}
