import { createTwoFilesPatch } from 'diff';

/** Beyond this many changed lines a diff tells a reader nothing and costs too much to find. */
const MAX_EDITS = 5000;

/** The unified diff of a file, three lines of context; without one where the two have too little in common. Undefined is a file that is not there. */
export function patchOf(path: string, old: string | undefined, now: string | undefined): { patch?: string } {
  const names = [old === undefined ? '/dev/null' : path, now === undefined ? '/dev/null' : path] as const;
  const options = { context: 3, maxEditLength: MAX_EDITS };
  const patch = createTwoFilesPatch(names[0], names[1], old ?? '', now ?? '', undefined, undefined, options);
  return patch === undefined ? {} : { patch: patch.replace(/^(Index:.*\n)?=+\n/, '') };
}
