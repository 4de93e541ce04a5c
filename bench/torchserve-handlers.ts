import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { layFolder } from '../test/support/model-folder.js';
import { DEFAULT_HANDLERS } from '../test/support/torchserve-defaults.js';
import {
  askBoth,
  type Both,
  type Example,
  firstDifference,
  missingModules,
  startBoth,
} from '../test/support/torchserve-side-by-side.js';
import { QUICK } from './effort.js';
import { type Row, report } from './report.js';
import { SOURCE_EXAMPLES } from './torchserve/handlers.js';

const METRICS = 'examples/custom_metrics/metrics.yaml';
/** A default handler, a class with an eager model, and functions: what a format may do to one it does to all of its kind. */
const IN_ALL_FORMATS = /text_classifier|image_classifier\/mnist|pre_processing|workflow_dog/;

/** A handler with its archive, and the modules of Python that it needs. */
interface Named extends Example {
  readonly what: string;
  readonly modules: readonly string[];
}

/**
 * Handlers of TorchServe's own project on our runner and on the real server: the same archives, made by our packer in three formats, the
 * same requests. Those of its examples are read from the checkout that `TORCHSERVE_SOURCES` names; nothing of them is in this repository.
 */
export async function run(): Promise<void> {
  const sources = process.env['TORCHSERVE_SOURCES'] ?? '';
  const missing = existsSync(join(sources, METRICS))
    ? missingModules()
    : 'TORCHSERVE_SOURCES does not name a checkout of the sources of TorchServe';
  if (missing !== undefined) {
    console.log(`torchserve-handlers is skipped: ${missing}`);
    return;
  }
  const both = await startBoth([`metrics_config=${join(sources, METRICS)}`]);
  try {
    const rows: Row[] = [];
    for (const [index, example] of examples(sources).entries()) {
      const lacking = missingModules(...example.modules);
      if (lacking === undefined) rows.push(await compared(both, `handler${index}`, example));
      else console.log(`${example.what} is skipped: ${lacking}`);
      report('torchserve-handlers', rows);
    }
  } finally {
    await both.stop();
  }
}

function examples(sources: string): Named[] {
  const byName = Object.entries(DEFAULT_HANDLERS).map(
    ([name, example]): Named => ({ ...example, what: `\`${name}\` by name`, modules: ['torchvision', 'captum'] }),
  );
  const fromSources = SOURCE_EXAMPLES.map((example): Named => {
    const files = [example.source, ...(example.copies ?? [])].map((path) => [
      basename(path),
      readFileSync(join(sources, path)),
    ]);
    const all: NonNullable<Example['files']> = { ...Object.fromEntries(files), ...example.files };
    return { ...example, what: `\`${example.source}\``, modules: example.modules ?? [], files: all };
  });
  return [...byName, ...fromSources];
}

async function compared(both: Both, name: string, example: Named): Promise<Row> {
  const folder = layFolder();
  try {
    const formats =
      QUICK || !IN_ALL_FORMATS.test(example.what)
        ? (['default'] as const)
        : (['default', 'tgz', 'no-archive'] as const);
    const results = await askBoth(both, folder, name, example, formats);
    const differences = results.flatMap((one) => firstDifference(one) ?? []);
    for (const difference of differences) console.log(example.what, difference);
    const statuses = results[0]?.theirs.map(([status]) => status) ?? [];
    return {
      what: `${example.what}, as ${formats.map((format) => (format === 'default' ? '.mar' : format)).join(', ')}`,
      ours: `${differences.length} of ${formats.length} answered differently`,
      others: `TorchServe: ${statuses.join(', ')}`,
      ratio: '',
      floor: '0',
      holds: differences.length === 0 && statuses.includes(200),
    };
  } finally {
    folder.remove();
  }
}
