import { messageOf } from '#errors/mar-error.js';
import { analyseScript } from './analyse-script.js';
import type { ScriptAnswer, ScriptQuestion } from './script-analyst.js';

/** The process behind `ScriptAnalyst`: one answer per question, in order. It ends when its parent hangs up. */
process.on('message', ({ id, text, path }: ScriptQuestion) => {
  let answer: ScriptAnswer;
  try {
    answer = { id, analysis: analyseScript(text, path) };
  } catch (error) {
    answer = { id, fault: messageOf(error) };
  }
  process.send?.(answer);
});
