import { cpus, release, totalmem } from 'node:os';
import { VERSION } from '#version.js';

/** The machine that a figure belongs to. */
export interface Machine {
  /** The processor's own name. */
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** `linux`, `darwin`, … */
  readonly platform: string;
  readonly architecture: string;
  /** Of the system's kernel. */
  readonly release: string;
}

/** What the figures were made with. */
export interface Versions {
  readonly modelArchiver: string;
  readonly node: string;
}

/** What stands for a machine: another of these makes figures incomparable. */
const IDENTITY = ['processor', 'cores', 'memoryBytes', 'platform', 'architecture'] as const;

export function thisMachine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    platform: process.platform,
    architecture: process.arch,
    release: release(),
  };
}

export function theseVersions(): Versions {
  return { modelArchiver: VERSION, node: process.version };
}

/** How two machines differ, a few words each; none where figures of the one may be held against those of the other. */
export function machineDifferences(machine: Machine, other: Machine): string[] {
  return IDENTITY.flatMap((key) => {
    // The same machine may report a few pages more after a restart.
    const isSame = key === 'memoryBytes' ? Math.abs(machine[key] / other[key] - 1) < 0.02 : machine[key] === other[key];
    return isSame ? [] : [`${key} ${other[key]}, here ${machine[key]}`];
  });
}
