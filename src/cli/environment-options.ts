import { InvalidArgumentError, type Option } from 'commander';
import { MarError } from '#errors/mar-error.js';

/** The variable that stands for a flag: `--model-name` is `MAR_MODEL_NAME`. */
function variableOf(option: Option): string {
  return `MAR_${option.attributeName().replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
}

/** The options that the environment sets, parsed as their flags would be. Throws `ERR_ENVIRONMENT` naming the variable. */
export function environmentOptions(
  options: readonly Option[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const option of options) {
    const name = variableOf(option);
    const text = env[name];
    if (text !== undefined && text !== '') found[option.attributeName()] = read(option, name, text);
  }
  return found;
}

function read(option: Option, name: string, text: string): unknown {
  if (option.isBoolean()) {
    if (/^(1|true|yes)$/i.test(text)) return true;
    if (/^(0|false|no)$/i.test(text)) return false;
    throw invalid(name, text, 'expected true or false');
  }
  try {
    return option.parseArg ? option.parseArg(text, undefined) : text;
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw invalid(name, text, error.message);
    throw error;
  }
}

function invalid(name: string, text: string, reason: string): MarError {
  return new MarError(`${name} is '${text}': ${reason}.`, { code: 'ERR_ENVIRONMENT' });
}
