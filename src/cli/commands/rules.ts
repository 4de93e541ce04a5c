import { Command, Option } from 'commander';
import { rules } from '#index.js';
import type { CommandContext } from '../command.js';
import { displayOf } from '../display.js';
import { addExamples } from '../examples.js';
import { argument } from '../values.js';

/** `mar rules [ID]`: what the validator checks, why, and how to fix it. */
export function rulesCommand({ io }: CommandContext): Command {
  const command = new Command('rules')
    .description('list the rules of the validator, or explain one with a failing and a passing example')
    .addArgument(argument('[rule]', 'an id (MAR304) or a name (entry-point-missing)', { rules: true }))
    .addOption(
      new Option('-f, --format <format>', 'what to print').choices(['pretty', 'json', 'markdown']).default('pretty'),
    )
    .option('--json', 'the same as --format json')
    .action(async (rule: string | undefined, { format, json }: { format: string; json?: true }) => {
      const found = await rules(rule);
      if (json || format === 'json') {
        const { jsonReport } = await import('#report/json.js');
        io.stdout.write(jsonReport(found));
        return;
      }
      const { rulesPage, rulesReport } = await import('#report/rules.js');
      io.stdout.write(format === 'markdown' ? rulesPage(found) : rulesReport(found, displayOf(io)));
    });
  return addExamples(command, [
    ['mar rules', 'every rule in a line'],
    ['mar rules entry-point-missing', 'why one matters, and what to do'],
  ]);
}
