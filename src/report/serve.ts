import { printableJson, printableLine } from '#printable.js';
import type { AcceleratorDescription } from '#serve/accelerators/description.js';
import type { LogEvent } from '#serve/log.js';

/** The two lines that say where a started server listens, and one for each accelerator that it emulates. */
export function addressReport({
  inferenceUrl,
  managementUrl,
  accelerators = [],
}: {
  readonly inferenceUrl: string;
  readonly managementUrl: string;
  readonly accelerators?: readonly AcceleratorDescription[];
}): string {
  const emulated = accelerators.map(
    ({ acceleratorType, acceleratorId, emulation }) =>
      `Accelerator ${emulation.ordinal}   ${acceleratorType} ${acceleratorId}, emulated on this machine${emulation.context === undefined ? ', hidden from handlers' : ` as ${emulation.context}`}\n`,
  );
  return `Inference API   ${inferenceUrl}\nManagement API  ${managementUrl}\n${emulated.join('')}`;
}

/** One event of the server's log for people: the sentence, then its details indented. */
export function logLine(event: LogEvent, time: Date): string {
  const from = event.event.startsWith('worker-std') ? `${event.model ?? ''}: ` : '';
  const lines = [`${time.toISOString()} ${event.level.toUpperCase().padEnd(5)} ${from}${event.message}`];
  // An access line ends in the id.
  if (event.requests?.length && event.event !== 'access') lines.push(`    request ${event.requests.join(', ')}`);
  if (event.detail) lines.push(...event.detail.split('\n').map((line) => `    ${line}`));
  if (event.hint) lines.push(`    hint: ${event.hint}`);
  return `${lines.map(printableLine).join('\n')}\n`;
}

/** One event as one line of JSON. */
export function logJson(event: LogEvent, time: Date): string {
  return `${printableJson(JSON.stringify({ time: time.toISOString(), ...event }))}\n`;
}

/** Every configuration value with its origin, as aligned columns. */
export function configReport(
  values: readonly { readonly key: string; readonly value: string | undefined; readonly origin: string }[],
): string {
  const width = Math.max(...values.map(({ key }) => key.length));
  const rows = values.map(({ key, value, origin }) => `${key.padEnd(width)}  ${value ?? '-'}  (${origin})`);
  return `${rows.join('\n')}\n`;
}
