import type { ProcessResult } from './result.js';
import { cpuSeconds, machineBusySeconds, memoryOf, processGroups, programOf } from './target/processes.js';

/** What a round took of the machine, in processors kept busy. */
export interface RoundUse {
  /** Of each group of the server's processes. */
  readonly server: readonly number[];
  /** Of everything that is neither the server nor this process; undefined where that cannot be told. */
  readonly others: number | undefined;
}

/** Watches the processes of a server, by that of its front end; without one there is nothing to see. */
export class UseWatch {
  readonly #groups: readonly (readonly number[])[];

  constructor(pid: number | undefined) {
    this.#groups = pid === undefined ? [] : processGroups(pid);
  }

  /** Begins a round; what it returns ends it. */
  round = (): (() => RoundUse) => {
    const begun = performance.now();
    const before = this.#clocks();
    return () => {
      const seconds = (performance.now() - begun) / 1000;
      const after = this.#clocks();
      const server = after.server.map((value, index) => (value - (before.server[index] ?? 0)) / seconds);
      const known = server.reduce((sum, value) => sum + value, (after.own - before.own) / seconds);
      const all = after.all === undefined ? undefined : (after.all - (before.all ?? 0)) / seconds;
      return { server, others: all === undefined || server.length === 0 ? undefined : Math.max(0, all - known) };
    };
  };

  /** Each process with the mean of the rounds and the memory that it has now. */
  results(rounds: readonly RoundUse[]): ProcessResult[] {
    let workers = 0;
    return this.#groups.flatMap((group, index) => {
      const memory = memoryOf(group);
      const program = programOf(group[0] ?? 0);
      const isWorker = index > 0 && /^(node|MainThread|python)/.test(program);
      if (isWorker) workers += 1;
      const name = index === 0 ? 'front end' : isWorker ? `worker ${workers}` : program;
      const sum = rounds.reduce((total, { server }) => total + (server[index] ?? 0), 0);
      return memory && rounds.length > 0 ? [{ name, processors: sum / rounds.length, ...memory }] : [];
    });
  }

  #clocks() {
    const { user, system } = process.cpuUsage();
    return {
      server: this.#groups.map(cpuSeconds),
      own: (user + system) / 1e6,
      all: machineBusySeconds(),
    };
  }
}
