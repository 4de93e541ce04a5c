import { Command } from 'commander';
import { describeAccelerators } from '#index.js';
import type { CommandContext } from '../command.js';
import { addExamples } from '../examples.js';

interface DescribeFlags {
  readonly url?: string;
  readonly accelerators?: string;
  readonly token?: string;
  readonly json?: true;
}

/** `mar eia describe`: the emulated accelerators of a running server, in the shape of `describe-accelerators`. */
export function describeCommand({ io }: CommandContext): Command {
  const command = new Command('describe')
    .description('show the accelerators that a running server emulates, or that flags would attach')
    .option('--url <url>', 'management API of the server (default: http://127.0.0.1:8081)')
    .option('--token <key>', 'key of management, where the server wants one')
    .option('--accelerators <types>', 'without a server: what mar serve-local would attach for these types')
    .option('--json', 'print the acceleratorSet as JSON')
    .action(async ({ json, ...flags }: DescribeFlags) => {
      const acceleratorSet = await describeAccelerators({ ...flags, env: io.env, signal: io.signal });
      const { jsonReport } = await import('#report/json.js');
      const { acceleratorsReport } = await import('#report/eia/describe.js');
      io.stdout.write(json ? jsonReport({ acceleratorSet }) : acceleratorsReport(acceleratorSet));
    });
  return addExamples(command, [
    ['mar eia describe --url http://127.0.0.1:9001', 'health, memory, models and queue times of a running server'],
    ['EI_VISIBLE_DEVICES=1 mar eia describe --accelerators eia1.medium,eia2.large --json', 'ids before the start'],
  ]);
}
