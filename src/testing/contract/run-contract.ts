import type { ContractCheck, RunContract } from '#conventions/run-contract.js';
import { MarError } from '#errors/mar-error.js';
import { checkBatches, checkNeighbour, type Known } from './batches.js';
import { checkAfterwards, checkBodies } from './bodies.js';
import { checkRepeats, type LifeOptions } from './repeats.js';
import type { AnsweredCase, Session } from './session.js';

/**
 * Looks at how a model behaves beside the answers to its golden cases: asked again, in batches, with bad bodies and afterwards. The
 * cases are those that were answered as they should be; without one only the bad bodies say something.
 */
export async function runContract(
  session: Session,
  cases: readonly AnsweredCase[],
  life: LifeOptions,
): Promise<Omit<RunContract, 'printed'>> {
  const right = cases.filter(({ answer }) => answer.status < 400);
  const checks: ContractCheck[] = [];
  let known: Known = { cases: right, moving: new Set() };
  let lived: RunContract['life'];
  try {
    const repeated = await checkRepeats(session, right, life);
    checks.push(repeated.check);
    lived = repeated.life;
    known = { cases: right, moving: repeated.moving };
    const batches = await checkBatches(session, known);
    checks.push(batches);
    const { check: bodies, refused } = await checkBodies(session, right[0]);
    checks.push(bodies);
    if (session.worker.alive) {
      const named = cases.find(({ answer }) => answer.status >= 400 && answer.status < 500);
      const bad = named === undefined ? refused : { ...named, name: `the request of ${named.path}` };
      checks.push(await checkNeighbour(session, known, bad, batches));
    }
    checks.push(await checkAfterwards(session, right[0], known.moving));
  } catch (error) {
    if (!(error instanceof MarError) || session.worker.alive) throw error;
    // A right request, alone or in a batch, ended it.
    const message = `requests of golden cases, asked again or together, end the worker: ${error.message}`;
    checks.push({
      name: checks.length === 0 ? 'repeats' : checks.length === 1 ? 'batches' : 'a bad neighbour',
      looked: true,
      told: 'the worker is gone, the rest was not looked at',
      findings: [{ fault: 'worker-lost', message }],
    });
  }
  return { checks, ...(lived && { life: lived }) };
}
