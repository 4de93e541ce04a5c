import { printableLine } from '#printable.js';
import type { AcceleratorDescription } from '#serve/accelerators/description.js';

/** Emulated accelerators for people: a block each, which says on what its times were measured. */
export function acceleratorsReport(accelerators: readonly AcceleratorDescription[]): string {
  const head = `Attached accelerators: ${accelerators.length}, emulated on this machine\n`;
  return `${head}${accelerators.map(block).join('')}`;
}

function block({ acceleratorHealth, acceleratorType, acceleratorId, emulation }: AcceleratorDescription): string {
  const { ordinal, context, connected, memory, models, calls, concurrency } = emulation;
  const ranOn = [...new Set(models.map((model) => model.ranOn))].join(', ') || 'nothing yet';
  const { queueTimeMs: queued, runTimeMs: ran } = calls;
  const lines = [
    ['Type', acceleratorType],
    ['Id', acceleratorId],
    ['Status', `${acceleratorHealth.status}${connected ? '' : ', disconnected'} (emulated)`],
    ['Context', context ?? 'hidden by EI_VISIBLE_DEVICES'],
    ['Memory', `${memory.usedInMiB} of ${memory.sizeInMiB} MiB in use`],
    ...models.map((model) => [
      'Model',
      `${model.modelName}, worker ${model.worker}, ${model.memoryInMiB} MiB, runs on ${model.ranOn}`,
    ]),
    ['Calls', `${queued.count}, ${concurrency} at once; ${calls.running} running, ${calls.waiting} waiting`],
    ...(calls.fallbacks > 0 ? [['Fallback', `${calls.fallbacks} batches were answered without it`]] : []),
    ['Queue time', `mean ${queued.mean} ms, p99 ${queued.p99} ms, at most ${queued.max} ms`],
    ['Run time', `mean ${ran.mean} ms on ${ranOn}: not the time of an accelerator`],
  ];
  return `Device ${ordinal}:\n${lines.map(([name = '', value = '']) => printableLine(`    ${`${name}:`.padEnd(12)}${value}`)).join('\n')}\n`;
}
