import type { Device } from './context.js';

/** Reads `cpu`, `gpu`, `gpu:N`, `eia` or `eia:N` (the ordinal defaults to 0). Undefined for anything else. */
export function parseDevice(text: string): Device | undefined {
  const match = /^(?:(cpu)|(gpu|eia)(?::(\d{1,3}))?)$/.exec(text);
  if (!match) return undefined;
  if (match[1]) return { kind: 'cpu', ordinal: 0 };
  return { kind: match[2] === 'gpu' ? 'gpu' : 'eia', ordinal: Number(match[3] ?? 0) };
}

/** `cpu`, `gpu:N` or `eia:N`. */
export function formatDevice(device: Device): string {
  return device.kind === 'cpu' ? 'cpu' : `${device.kind}:${device.ordinal}`;
}
