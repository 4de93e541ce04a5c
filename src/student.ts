/** Student's t for 95 %, two-sided, by degrees of freedom from 1. */
const T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131];

/** Student's t for a two-sided 95 % interval; 2.12 (a little too wide) beyond 15 degrees of freedom, and infinite without any. */
export function t95(freedom: number): number {
  return freedom < 1 ? Number.POSITIVE_INFINITY : (T95[Math.floor(freedom) - 1] ?? 2.12);
}
