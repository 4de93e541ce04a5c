import type { Verdicts } from './verdicts.js';

/** The rule about what our archiver recorded. */
const RECORD = 'MAR225';

/**
 * Where the commands do not agree about an archive, a sentence each; empty when they do. What agreement is:
 *
 * | the model | predict, test | --run | serve (with a worker) | inspect | validate (local) | extract |
 * |---|---|---|---|---|---|---|
 * | cannot be read | the code | not loaded | refused, same sentence | the code | an error of MAR1xx | the code |
 * | has a manifest that is refused | the code | not loaded, told once | 400, same sentence | same sentence | an error of MAR2xx | writes |
 * | does not load | the code | not loaded | refused | as validate | an error | writes |
 * | loads | answer | loaded | 200 | as validate | passes | writes |
 *
 * "As validate": it finds nothing wrong with the manifest but what our archiver recorded in it, and that where validate does.
 */
export function disagreements(verdicts: Verdicts): string[] {
  const { predict, test, extract, inspect, validate, run, serve } = verdicts;
  const { stage, code = '', sentence = '' } = predict;
  const found: string[] = [];
  const say = (wrong: boolean, text: string): void => {
    if (wrong) found.push(`${text} (predict: ${stage} ${code} ${sentence})`);
  };
  const told = sentence.replace(/\.$/, '');
  say(test.stage !== stage || test.code !== predict.code, `test: ${test.stage} ${test.code}`);
  say(run.loaded !== (stage === 'loaded'), `--run: ${run.loaded ? 'loaded' : 'not loaded'}`);
  say((serve.status === 200) !== (stage === 'loaded'), `serve: ${serve.status} ${serve.message}`);
  say((extract !== undefined) !== (stage === 'archive'), `extract: ${extract ?? 'writes'}`);
  if (stage === 'archive') {
    say(extract !== code, `extract: ${extract}`);
    say(!inspect.codes.includes(code), `inspect: ${inspect.codes.join()}`);
    say(!validate.some((rule) => rule.startsWith('MAR1')), `validate: ${validate.join()}`);
    say(!serve.message.includes(told), `serve: ${serve.message}`);
  }
  if (stage === 'manifest') {
    say(serve.status !== 400 || !serve.message.includes(told), `serve: ${serve.status} ${serve.message}`);
    say(!inspect.manifestProblem?.includes(told), `inspect: ${inspect.manifestProblem}`);
    say(!validate.some((rule) => rule.startsWith('MAR2')), `validate: ${validate.join()}`);
    // What a rule of the manifest has told is not told again.
    say(run.told !== '', `--run: ${run.told}`);
  }
  if (stage === 'worker' || stage === 'loaded')
    say((inspect.manifestProblem !== undefined) !== validate.includes(RECORD), `inspect: ${inspect.manifestProblem}`);
  if (stage === 'worker') say(validate.length === 0, 'validate: passes');
  if (stage === 'loaded') say(validate.length > 0, `validate: ${validate.join()}`);
  return found;
}
