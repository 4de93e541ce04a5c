import type { Option } from 'commander';
import { MarError } from '#errors/mar-error.js';

/**
 * Rewrites arguments as Python's argparse understands them, which both servers' users rely on: `--model-n x` is
 * `--model-name x` while no other flag begins so, a value may not look like a flag, and `-c FILE` is TorchServe's
 * `--config-file FILE` where a lone `-c` is Multi Model Server's `--convert`.
 */
export function expandArguments(argv: readonly string[], options: readonly Option[]): string[] {
  const expanded: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const following = argv[index + 1];
    if (argument === '--') return [...expanded, ...argv.slice(index)];
    if (argument === '-c' && following !== undefined && !following.startsWith('-')) {
      expanded.push('--config-file');
      continue;
    }
    const [flag = '', ...value] = argument.split('=');
    const option = flag.startsWith('--') ? findOption(flag, options) : options.find(({ short }) => short === flag);
    const written = flag.startsWith('--') && option?.long ? [option.long, ...value].join('=') : argument;
    expanded.push(written);
    if (!option?.required || (value.length > 0 && flag.startsWith('--'))) continue;
    if (following === undefined || /^-[^\d]/.test(following)) throw usage(`The option ${flag} needs a value.`);
    expanded.push(following);
    index += 1;
  }
  return expanded;
}

/** Flags of the servers' archivers: one of ours that begins alike takes no abbreviation from them. */
const THEIRS =
  '--model-name --model-path --serialized-file --model-file --handler --extra-files --runtime --export-path --archive-format --force --version --requirements-file --config-file --convert'.split(
    ' ',
  );

/** The option with exactly this name, or the only one that begins with it, among those of the servers' archivers first. */
function findOption(flag: string, options: readonly Option[]): Option | undefined {
  const exact = options.find(({ long }) => long === flag);
  if (exact || flag === '--help') return exact;
  const matches = options.filter(({ long }) => long?.startsWith(flag));
  if (matches.length < 2) return matches[0];
  const theirs = matches.filter(({ long }) => THEIRS.includes(long ?? ''));
  if (theirs.length === 1) return theirs[0];
  throw usage(`The option ${flag} is ambiguous: ${matches.map(({ long }) => long).join(', ')}.`);
}

function usage(message: string): MarError {
  return new MarError(message, { code: 'ERR_USAGE', hint: 'See --help.' });
}
