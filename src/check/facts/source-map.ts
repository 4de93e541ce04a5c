import type { TraceMap } from '@jridgewell/trace-mapping';
import { codeFrame } from '#handler/code-frame.js';
import type { Draft } from '../finding.js';

/** Where a finding is shown: the place, and the lines around it. */
export type Shown = Required<Pick<Draft, 'at'>> & Pick<Draft, 'frame'>;

/** From a place in a compiled module to the user's own file. */
export interface SourceMap {
  /** False when the module has a map that cannot be read. */
  readonly readable: boolean;
  /** The original place where the map knows it, else the one given. Lines and columns count from 1. */
  show(line: number, column: number): Shown;
}

/** Opens the source map of a module; without one, places stay where they are. */
export async function openSourceMap(entry: string, text: string, map: string | undefined): Promise<SourceMap> {
  const { TraceMap, originalPositionFor } = await import('@jridgewell/trace-mapping');
  const trace = map === undefined ? undefined : parse(TraceMap, map);
  return {
    readable: map === undefined || trace !== undefined,
    show(line, column) {
      const original = trace && originalPositionFor(trace, { line, column: column - 1 });
      if (!trace || !original || original.source === null)
        return { at: { entry, line, column }, frame: codeFrame(text, { line, column }) };
      const index = trace.sources.indexOf(original.source);
      const source = trace.sourcesContent?.[index];
      const at = { entry: original.source, line: original.line, column: original.column + 1 };
      return typeof source === 'string' ? { at, frame: codeFrame(source, at) } : { at };
    },
  };
}

function parse(Trace: typeof TraceMap, map: string): TraceMap | undefined {
  try {
    return new Trace(map);
  } catch {
    return undefined;
  }
}
