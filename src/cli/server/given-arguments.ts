import type { Command } from 'commander';

/** The words behind a command's name, as they were given. */
export function givenArguments(command: Command): string[] {
  const given: unknown = command.parent && Reflect.get(command.parent, 'rawArgs');
  const all = Array.isArray(given) ? given.map(String) : [];
  return all.slice(all.indexOf(command.name()) + 1);
}
