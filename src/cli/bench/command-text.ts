import { publicSource } from '#public-source.js';

/** A command line as reports show it: quoted as a shell wants it, without the values of headers and the secrets of URLs. */
export function commandText(program: string, argv: readonly string[]): string {
  const words = argv.map((word, index) => {
    if (['-H', '--header'].includes(argv[index - 1] ?? '')) return withoutValue(word);
    const [, flag = '', value] = /^(-H|--header=)(.+)$/s.exec(word) ?? [];
    return value === undefined ? publicSource(word) : `${flag}${withoutValue(value)}`;
  });
  return [program, ...words].map(quoted).join(' ');
}

function withoutValue(header: string): string {
  return header.replace(/:.*$/s, ': …');
}

function quoted(word: string): string {
  return /^[\w./:=@%+,…?&-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
