import { CONTRACT_FAULTS, type ContractFault, faultsOf } from '#conventions/run-contract.js';
import { defineRule, type Rule, type RuleWords } from '../rule.js';

/** A rule for one fault of the run contract. */
function onFault(fault: ContractFault, words: Omit<RuleWords, 'severity'>): Rule {
  return defineRule({
    ...words,
    severity: CONTRACT_FAULTS[fault],
    needs: ['run'],
    *check({ run: { contract } }) {
      for (const { fault: found, message, path } of contract ? faultsOf(contract) : [])
        if (found === fault) yield { message, ...(path !== undefined && { at: { entry: path } }) };
    },
  });
}

/** MAR513 to MAR519, and MAR523: how an archive behaves beside the answers to its golden cases. */
export const CONTRACT_RULES: readonly Rule[] = [
  onFault('not-repeatable', {
    id: 'MAR513',
    name: 'not-deterministic',
    summary: 'the same request is answered differently each time',
    why: 'Nobody can compare answers after a deployment beyond what the golden cases allow; a model that samples means it, a time or an id in the answer is easily taken out.',
    remedy: 'Fix the seed, or let the golden case compare only what stays: the status, the shape, a tolerance.',
    example: { failing: 'a handler that answers with Math.random()', passing: 'a handler that computes' },
  }),
  onFault('batch-differs', {
    id: 'MAR514',
    name: 'batch-answers-differ',
    summary: 'a request in a batch gets another answer than alone',
    why: 'A server with a batch_size above 1 sends requests of several clients together; here one of them gets, with status 200, what is not its answer.',
    remedy:
      'Answer each request from its own input, in the order in which they come. Where a graph mixes rows (statistics over the batch), run the model once for each.',
    example: { failing: 'return batch.map(answer).reverse()', passing: 'return batch.map(answer)' },
  }),
  onFault('batch-refused', {
    id: 'MAR515',
    name: 'batch-refused',
    summary: 'requests that are answered alone fail in a batch',
    why: 'With a batch_size of 1, the default, it works; with a larger one the clients get errors as soon as two of them ask at once.',
    remedy:
      'Return a list with one result for each request of the batch; else register with batch_size=1 and ignore this rule.',
    example: { failing: 'return [answer(data[0])]', passing: 'return [answer(one) for one in data]' },
  }),
  onFault('neighbour-hurt', {
    id: 'MAR516',
    name: 'batch-neighbour-hurt',
    summary: 'one bad request in a batch fails the others',
    why: 'What is thrown fails the whole batch: with a batch_size above 1 one client can fail the requests of others.',
    remedy:
      'Put the error in the place of that result: a PredictionError as one element of the list (TypeScript), or a status for that index (Python).',
    example: {
      failing: 'throw new PredictionError(…)',
      passing: 'batch.map((one) => (isRight(one) ? answer(one) : new PredictionError(…)))',
    },
  }),
  onFault('worker-lost', {
    id: 'MAR517',
    name: 'worker-lost',
    summary: 'a request ends the worker',
    why: 'Any client can do that again and again; each time the model has to load anew, and the other requests of the worker are lost.',
    remedy:
      'Check the body before it is used, bound what it may cost, and throw an error instead of ending the process.',
    example: {
      failing: 'process.exit(1) when the body is not an image',
      passing: 'throw new PredictionError("not an image", 400)',
    },
  }),
  onFault('body-not-refused', {
    id: 'MAR518',
    name: 'bad-body-not-refused',
    summary: 'a bad body is answered as a fault of the server',
    why: 'The client is not told that its request is wrong, clients and load balancers ask again, and an alarm for errors of the server rings.',
    remedy:
      'Answer with a status of the client: PredictionError(message, 400) in TypeScript, context.set_response_status(400, …) or PredictionException in Python.',
    example: {
      failing: 'an exception of the image decoder, which is answered with 503',
      passing: 'status 400 with a sentence',
    },
  }),
  onFault('answer-too-large', {
    id: 'MAR523',
    name: 'answer-too-large',
    summary: 'a large body is answered with more than the server lets out',
    why: 'The server ends the worker then (max_response_size, 64 MiB in our runner): a client that sends the largest body that is let in takes the model away for a moment.',
    remedy: 'Refuse bodies that are larger than the model needs, or bound the answer.',
    example: {
      failing: 'an echo of the body as a list of numbers',
      passing: 'an answer that does not grow with the body',
    },
  }),
  onFault('answer-changed', {
    id: 'MAR519',
    name: 'answer-changed',
    summary: 'after bad requests a right one is answered differently',
    why: 'The handler keeps something of a request: from then on every client gets wrong answers, or errors, until the worker is started again.',
    remedy: 'Keep nothing of a request outside of the function that handles it.',
    example: { failing: 'an input kept in a variable of the module', passing: 'an input that is passed on' },
  }),
];
