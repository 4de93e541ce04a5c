import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';

/** A Dockerfile of docs/deploying.md, as far as its lines can be followed without Docker. */
export interface Dockerfile {
  /** The heading that it stands below. */
  readonly heading: string;
  readonly text: string;
  /** The RUN lines, and every command of them. */
  readonly runLines: readonly string[];
  readonly run: readonly string[];
  /** Source and destination of every COPY. */
  readonly copied: readonly (readonly [file: string, folder: string])[];
  /** What a container of it runs that is started with these arguments: ENTRYPOINT, and behind it the arguments, or CMD where there is none. */
  command(...given: readonly string[]): readonly string[];
  /** The words of HEALTHCHECK's command. */
  readonly health?: readonly string[];
}

const PAGE = 'docs/deploying.md';

/** The Dockerfiles of the page, in its order. */
export function dockerfiles(): Dockerfile[] {
  const sections = readFileSync(PAGE, 'utf8').split(/^### /m).slice(1);
  return sections.flatMap((section) => {
    const heading = section.slice(0, section.indexOf('\n'));
    const text = /```dockerfile\n([\s\S]*?)```/.exec(section)?.[1];
    return text === undefined ? [] : [read(heading, text)];
  });
}

/** A Dockerfile taken apart. */
export function read(heading: string, text: string): Dockerfile {
  const whole = text.replaceAll(/ \\\n +/g, ' ');
  const lines = whole.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const those = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const known = /^(FROM|RUN|COPY|USER|WORKDIR|EXPOSE|LABEL|STOPSIGNAL|HEALTHCHECK|CMD|ENTRYPOINT) /;
  for (const line of lines) assert.match(line, known);
  const health = those('HEALTHCHECK').map((line): string[] => JSON.parse(line.slice(line.indexOf('['))))[0];
  const words = (instruction: string): readonly string[] => JSON.parse(those(instruction)[0] ?? '[]');
  return {
    heading,
    text,
    runLines: those('RUN'),
    run: those('RUN').flatMap((line) => line.split(' && ')),
    copied: those('COPY').map((line) => {
      const [file = '', folder = ''] = line.split(' ');
      return [file, folder] as const;
    }),
    command: (...given) => [...words('ENTRYPOINT'), ...(given.length === 0 ? words('CMD') : given)],
    ...(health && { health }),
  };
}

/** The settings that the page gives to be copied. */
export function configProperties(): string {
  const text = /```properties\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8'))?.[1];
  if (text === undefined) throw new Error(`${PAGE} gives no properties`);
  return text;
}
