import type { ContractCheck, ContractFinding } from '#conventions/run-contract.js';
import type { ModelAnswer, ModelRequest } from '../ask.js';
import { checkOf } from './check-of.js';
import { differencesOf, saidBy } from './compare-answers.js';
import { type AnsweredCase, type Session, tooSlowFor } from './session.js';

/** A large batch has at least and at most so many requests. */
const LARGE = { least: 3, most: 8 };

/** What is known of the answers to cases. */
export interface Known {
  readonly cases: readonly AnsweredCase[];
  /** Paths of the cases that are answered differently each time: only their status is compared. */
  readonly moving: ReadonlySet<string>;
}

/** Asks batches of 2 and of N requests of the cases: each has to be answered as alone, in its place. */
export async function checkBatches(session: Session, known: Known): Promise<ContractCheck> {
  const { cases } = known;
  const [first] = cases;
  const large = Math.max(LARGE.least, Math.min(LARGE.most, cases.length));
  const told = checkOf('batches');
  if (first === undefined) return told(false, 'no golden case is answered as it should be');
  const slow = tooSlowFor(large + 2, first);
  if (slow !== undefined) return told(false, slow);
  const inTurn = (count: number): AnsweredCase[] =>
    Array.from({ length: count }, (_, index) => cases[index % cases.length] ?? first);
  const findings: ContractFinding[] = [];
  // The larger one backwards: a case stands in another place than before.
  for (const batch of [inTurn(2), inTurn(large).reverse()]) {
    const answers = await session.ask(batch.map(({ request }) => request));
    findings.push(...faultsIn(batch, answers, known, `in a batch of ${batch.length}`, 'batch-refused'));
  }
  const distinct = cases.length > 1 ? '' : ', all of them the same request';
  return told(true, `of 2 and of ${large}${distinct}`, findings);
}

/** A request that is refused when it is asked alone. */
export interface RefusedRequest {
  readonly name: string;
  readonly request: ModelRequest;
  readonly answer: ModelAnswer;
}

/** Asks a batch with a request in it that is refused: the others have to be answered as alone. */
export async function checkNeighbour(
  session: Session,
  known: Known,
  refused: RefusedRequest | undefined,
  batches: ContractCheck,
): Promise<ContractCheck> {
  const [first, second] = known.cases;
  const told = checkOf('a bad neighbour');
  if (first === undefined) return told(false, 'no golden case is answered as it should be');
  if (!batches.looked) return told(false, batches.told);
  if (batches.findings.some(({ fault }) => fault === 'batch-refused')) return told(false, 'batches are refused anyway');
  if (refused === undefined) return told(false, 'no body is refused');
  const right = second === undefined ? [first] : [first, second];
  const requests = [first.request, refused.request, ...(second === undefined ? [] : [second.request])];
  const [before, bad, ...after] = await session.ask(requests);
  const answers = [before, ...after].flatMap((answer) => answer ?? []);
  const place = `beside ${refused.name} in a batch of ${requests.length}`;
  const findings = faultsIn(right, answers, known, place, 'neighbour-hurt');
  if (bad !== undefined && bad.status < 300 && refused.answer.status >= 400)
    findings.push({
      fault: 'batch-differs',
      message: `${refused.name} is answered with ${bad.status} in a batch of ${requests.length}, and alone with ${refused.answer.status}`,
    });
  return told(true, `${refused.name} in a batch of ${requests.length}`, findings);
}

/** Where the answers of a batch are not those that its cases got alone. */
function faultsIn(
  batch: readonly AnsweredCase[],
  answers: readonly ModelAnswer[],
  { moving }: Known,
  place: string,
  refusal: 'batch-refused' | 'neighbour-hurt',
): ContractFinding[] {
  const findings: ContractFinding[] = [];
  for (const [index, one] of batch.entries()) {
    const { path, answer: alone, tolerance } = one;
    const answer = answers[index];
    if (answer === undefined) continue;
    if (answer.status !== alone.status) {
      const message = `${place} ${path} is answered with ${answer.status} (${saidBy(answer)}), and alone with ${alone.status}`;
      findings.push({ fault: answer.status < 300 ? 'batch-differs' : refusal, message, path });
      continue;
    }
    const [difference] = moving.has(path) ? [] : differencesOf(answer, alone, tolerance);
    if (difference === undefined) continue;
    const message = `${place} ${path} is answered otherwise than alone: ${difference}`;
    findings.push({ fault: 'batch-differs', message, path });
  }
  // A batch that is refused as a whole is one fault.
  const whole = findings.length === batch.length && findings.every(({ fault }) => fault === refusal);
  return whole ? findings.slice(0, 1) : findings;
}
