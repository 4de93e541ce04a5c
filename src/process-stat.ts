/** What /proc/PID/stat says of a process. */
export interface ProcessStat {
  /** The name of the program. */
  readonly program: string;
  /** The fields behind the name, as proc(5) counts them from 3: state, parent, group, … */
  readonly fields: readonly string[];
}

/** Reads the text of /proc/PID/stat, whose name stands in parentheses and may hold some itself; undefined for an empty one. */
export function parseStat(text: string): ProcessStat | undefined {
  const [, program, rest] = /^\d+ \((.*)\) (.*)$/s.exec(text) ?? [];
  return program === undefined || rest === undefined ? undefined : { program, fields: rest.split(' ') };
}
