import { CORPUS } from '../../hostile/corpus.js';
import { type Files, pythonFiles, scriptFiles } from '../sample-archives.js';

/** What plants an archive at a path. */
export type Plant = (path: string) => void;
export interface RuleFixture {
  /** An archive on which the rule speaks. */
  readonly fires: Files | Plant;
  /** An archive that is right where the other is wrong. */
  readonly silent: Files | Plant;
  /** With `--run`. */
  readonly run?: true;
}

/** A member of the hostile corpus. */
export function attack(name: string): Plant {
  const found = CORPUS.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no attack ${name}: ${CORPUS.map((one) => one.name).join(', ')}`);
  return found.plant;
}

/** An archive with which nothing is wrong but what every Python archive is told. */
export const good = pythonFiles();

/** The same with this handler. */
export const handler = (body: string) => pythonFiles({ 'service.py': body });

/** An archive in JavaScript with this handler. */
export const script = (body: string) => scriptFiles({ 'service.mjs': body });
