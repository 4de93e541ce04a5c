import processes, { ChildProcess } from 'node:child_process';
import { openSync, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import { SEEN_VARIABLE } from '#conventions/run-seen.js';

/** As many lines as anybody reads; a loop of a handler fills no disk. */
const MOST = 200;

/**
 * Where the runner asks for it, writes a line for each connection and each program that JavaScript of this process starts; to be called
 * before the first line of a handler runs. A handler that means to can get around it: it is an observation, not a fence.
 */
export function tellActions(env: NodeJS.ProcessEnv = process.env): void {
  const file = env[SEEN_VARIABLE];
  if (file === undefined) return;
  delete env[SEEN_VARIABLE];
  const descriptor = openSync(file, 'a');
  let told = 0;
  const tell = (text: string): void => {
    told += 1;
    if (told <= MOST) writeSync(descriptor, `${JSON.stringify(text)}\n`);
  };
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    tell(`connects to ${addressOf(args)}`);
    return Reflect.apply(connect, this, args);
  };
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
    const run = processes[name];
    Reflect.set(processes, name, function (this: unknown, ...args: unknown[]) {
      tell(`starts ${args[0]}`);
      return Reflect.apply(run, this, args);
    });
  }
  syncBuiltinESMExports();
  const start: unknown = Reflect.get(ChildProcess.prototype, 'spawn');
  if (typeof start === 'function')
    Reflect.set(ChildProcess.prototype, 'spawn', function (this: ChildProcess, options: { file?: unknown }) {
      tell(`starts ${String(options.file)}`);
      return Reflect.apply(start, this, [options]);
    });
}

/** The target as given, in each form that `connect` takes; `net.connect` passes its normalized arguments as one list. */
function addressOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first !== 'object' || first === null)
    return typeof first === 'string' ? first : `${second ?? 'localhost'}:${first}`;
  const { path, host = 'localhost', port } = first as { path?: unknown; host?: unknown; port?: unknown };
  return typeof path === 'string' ? path : `${host}:${port}`;
}
