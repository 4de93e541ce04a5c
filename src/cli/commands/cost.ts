import { resolve } from 'node:path';
import { Command } from 'commander';
import { cost } from '#index.js';
import type { CommandContext } from '../command.js';
import { addExamples } from '../examples.js';
import { argument, oneOf, option } from '../values.js';

interface CostFlags {
  readonly prices?: string;
  readonly against?: string;
  readonly format: 'text' | 'markdown' | 'csv';
  readonly json?: true;
}

/** `mar cost FILE`: what 100,000 requests cost on each measured configuration. */
export function costCommand({ io }: CommandContext): Command {
  const command = new Command('cost')
    .description('work out what 100,000 requests cost on each measured configuration, from hourly prices')
    .addArgument(argument('<file>', 'measured configurations (schemas/cost.schema.json)', { files: ['.json'] }))
    .addOption(option('--prices <file>', 'hourly prices in place of those that the file names', { files: ['.json'] }))
    .addOption(option('--against <configuration>', 'show every row divided by this one'))
    .addOption(
      option('-f, --format <format>', 'the form of the table', { words: FORMATS })
        .argParser(oneOf(FORMATS))
        .default('text'),
    )
    .option('--json', 'print the result as JSON')
    .action(async (file: string, { prices, against, format, json }: CostFlags) => {
      const table = await cost(resolve(io.cwd, file), {
        ...(prices !== undefined && { prices: resolve(io.cwd, prices) }),
        ...(against !== undefined && { against }),
      });
      const { printableLine } = await import('#printable.js');
      for (const warning of table.warnings) io.stderr.write(`warning: ${printableLine(warning)}\n`);
      const { jsonReport } = await import('#report/json.js');
      const { costReport } = await import('#report/cost.js');
      io.stdout.write(json ? jsonReport(table) : costReport(table, format));
    });
  return addExamples(command, [
    ['mar cost table-1.json', 'the cost of every row'],
    ["mar cost table-1.json --prices prices-today.json --against 'm5.large, latency'", 'the same rows at other prices'],
  ]);
}

const FORMATS = ['text', 'markdown', 'csv'] as const;
