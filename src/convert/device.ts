import type { Remark } from './result.js';
import type { Source } from './source.js';

/** What a server makes of the device that an archive declares; nothing for one that asks for the processor. */
export function deviceLost({ device }: Source, server: string): Remark[] {
  if (device === undefined || device === 'cpu') return [];
  const what = `the device context ${device}`;
  if (device.startsWith('eia'))
    return [
      { what, how: 'Elastic Inference has ended: nothing attaches an accelerator, and the model runs on the CPU' },
    ];
  return [{ what, how: `${server} chooses the devices of its workers itself` }];
}
