import type { ContractCheck, ContractFinding } from '#conventions/run-contract.js';
import { MarError } from '#errors/mar-error.js';
import type { ModelAnswer } from '../ask.js';
import { badBodies } from './bad-bodies.js';
import type { RefusedRequest } from './batches.js';
import { checkOf } from './check-of.js';
import { differencesOf, saidBy } from './compare-answers.js';
import type { AnsweredCase, Session } from './session.js';

/** What bad bodies showed, and the first of them that was refused. */
export interface BodiesAsked {
  readonly check: ContractCheck;
  readonly refused: RefusedRequest | undefined;
}

/** What a worker is ended for that sends more than the server lets out. */
const TOO_LARGE = /sent a response of \d+ bytes/;

/** Asks with bodies that no model means: each has to be a client's error, or an answer, and the worker has to live. */
export async function checkBodies(session: Session, right: AnsweredCase | undefined): Promise<BodiesAsked> {
  const findings: ContractFinding[] = [];
  const blamed = new Map<number, { readonly names: string[]; readonly said: string }>();
  const outcomes: string[] = [];
  const refusals: RefusedRequest[] = [];
  for (const { name, request } of badBodies(right?.request)) {
    let answer: ModelAnswer;
    try {
      answer = await session.askOne(request);
    } catch (error) {
      if (!(error instanceof MarError) || session.worker.alive) throw error;
      const fault = TOO_LARGE.test(error.message) ? 'answer-too-large' : 'worker-lost';
      findings.push({ fault, message: `${name} ends the worker: ${error.message}` });
      outcomes.push(`${name} ends the worker, the rest was not sent`);
      break;
    }
    outcomes.push(`${name} ${answer.status}`);
    if (answer.status < 400) continue;
    refusals.push({ name, request, answer });
    if (answer.status < 500) continue;
    const known = blamed.get(answer.status);
    if (known) known.names.push(name);
    else blamed.set(answer.status, { names: [name], said: saidBy(answer) });
  }
  for (const [status, { names, said }] of blamed) {
    const subject = `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`;
    const message = `${subject} answered with ${status} (${said}), expected an error of the client, 400 to 499`;
    findings.push({ fault: 'body-not-refused', message });
  }
  const check: ContractCheck = { name: 'bad bodies', looked: true, told: outcomes.join(', '), findings };
  return { check, refused: refusals[0] };
}

/** Asks a case once more after all of this. */
export async function checkAfterwards(
  session: Session,
  right: AnsweredCase | undefined,
  moving: ReadonlySet<string>,
): Promise<ContractCheck> {
  const told = checkOf('afterwards');
  if (!session.worker.alive) return told(false, 'the worker is gone');
  if (right === undefined) return told(false, 'no golden case is answered as it should be');
  const { path, request, answer: before, tolerance } = right;
  const answer = await session.askOne(request);
  const isSame = answer.status === before.status;
  const [difference] = isSame && moving.has(path) ? [] : differencesOf(answer, before, tolerance);
  if (difference === undefined) return told(true, `${path} is answered as before`);
  const message = `after bad bodies ${path} is answered otherwise than before: ${difference}`;
  return told(true, `${path} is answered otherwise`, [{ fault: 'answer-changed', message, path }]);
}
