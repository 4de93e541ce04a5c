import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { codeFrame } from '../code-frame.js';
import { neverAList, withArticle } from './never-a-list.js';

/**
 * Throws `ERR_HANDLER_CONTRACT` for an entry point in JavaScript that is certain to return no list: it returns nothing, is a generator,
 * or returns only texts, numbers and objects that are written out. What cannot be seen passes.
 */
export async function checkScriptContract(file: string, entryPoint: string, source: string): Promise<void> {
  const { analyseScript } = await import('../analyse-script.js');
  const text = await readFile(file, 'utf8');
  const found = analyseScript(text, basename(file)).exports.find(({ name }) => name === entryPoint);
  if (found?.call === undefined) return;
  const wrong = neverAList(found.call);
  if (wrong === undefined) return;
  const { line, column } = wrong === 'nothing' ? found : wrong;
  const what = wrong === 'nothing' ? wrong : withArticle(wrong.kind);
  throw new MarError(`The handler ${source} cannot work as the runner calls it.`, {
    code: 'ERR_HANDLER_CONTRACT',
    detail: `${source}:${line}:${column}: ${entryPoint} returns ${what}, expected a list with one result per request of the batch, or a promise of it\n${codeFrame(text, { line, column })}`,
  });
}
