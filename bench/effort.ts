/** `--quick` shows that a bench works: one round of a second each, and docs/benchmarks.md stays as it is. */
export const QUICK = process.argv.includes('--quick');

/** Rounds of a measurement. */
export const rounds = (usual: number): number => (QUICK ? 1 : usual);

/** Seconds under load. */
export const seconds = (usual: number): number => (QUICK ? 1 : usual);
