/** When an archive is run in namespaces of its own: where the system grants them; or not at all; or never. */
export const CONTAIN_WHEN = ['auto', 'always', 'never'] as const;
export type ContainWhen = (typeof CONTAIN_WHEN)[number];

/** What a run of an archive did beside answering, as far as that could be seen. */
export interface RunSeen {
  /** Why it was not contained; undefined where it was. */
  readonly uncontained?: string;
  /** Files that it wrote into its own directory or the temporary one, beside those of the archive. */
  readonly files: readonly string[];
  /** Programs that still ran when the last answer was there, beside the worker. */
  readonly processes: readonly string[];
  /** What the hooks of the interpreter told: `connects to 10.0.0.1:80`, `starts /bin/sh`. Native code is not heard by them. */
  readonly actions: readonly string[];
}

/** The variable that tells a worker the file for what its hooks hear. */
export const SEEN_VARIABLE = 'MAR_SEEN';
