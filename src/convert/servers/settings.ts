import { parseDocument } from 'yaml';
import type { BytesEntry } from '#archive/writing/planned-entry.js';
import { parseConfig } from '#check/facts/serving.js';
import type { Serving } from '#manifest/manifest.js';
import type { ConvertOptions } from '../options.js';
import type { Remark } from '../result.js';
import type { Source } from '../source.js';

/** Where TorchServe's archiver puts the configuration of a model, by habit. */
const CONFIG_FILE = 'model-config.yaml';

/** A setting as each place calls it: the field of ours, in TorchServe's file, and in a registration. */
const NAMES = {
  workers: { config: ['minWorkers', 'maxWorkers'], query: 'initial_workers', words: 'workers' },
  batchSize: { config: ['batchSize'], query: 'batch_size', words: 'batch size' },
  maxBatchDelay: { config: ['maxBatchDelay'], query: 'max_batch_delay', words: 'batch delay in ms' },
} as const;
type Setting = keyof typeof NAMES;
const SETTINGS: readonly Setting[] = ['workers', 'batchSize', 'maxBatchDelay'];

/** What becomes of batch and worker settings. */
export interface CarriedSettings {
  /** The file that TorchServe reads, where one is written. */
  readonly entry?: BytesEntry;
  /** `model.configFile` of the manifest. */
  readonly configFile?: string;
  readonly carried: readonly Remark[];
  readonly lost: readonly Remark[];
}

/** Settings in the file that TorchServe reads: in the archive's own, where they are not in it yet, or in a new one. */
export async function settingsInFile(source: Source, options: ConvertOptions): Promise<CarriedSettings> {
  const { serving, document } = source;
  const named = document.model['configFile'];
  const file = typeof named === 'string' && source.paths.includes(named) ? named : undefined;
  const entry = file === undefined ? undefined : source.archive.get(source.entryAt(file));
  const before = entry ? await parseConfig(source.archive, entry) : undefined;
  const lost = threadsLost(serving);
  const wanted = SETTINGS.filter((setting) => serving[setting] !== undefined);
  if (wanted.length === 0 || before?.fault) return { carried: [], lost };
  if (file === undefined && source.paths.includes(CONFIG_FILE))
    return {
      carried: [],
      lost: [
        ...lost,
        ...wanted.map((setting) =>
          remarkOf(setting, serving, `the archive has a ${CONFIG_FILE} that its manifest does not name`),
        ),
      ],
    };
  const text = entry ? (await source.archive.bytes(entry)).toString('utf8') : '';
  const yaml = parseDocument(text);
  const kept: Remark[] = [];
  for (const setting of wanted) {
    for (const key of NAMES[setting].config) {
      const own = before?.value[key];
      if (own !== undefined && own !== serving[setting] && options[setting] === undefined)
        kept.push({
          what: `${NAMES[setting].words} ${serving[setting]}`,
          how: `${file} says ${key}: ${String(own)}, which stays`,
        });
      else yaml.set(key, serving[setting]);
    }
  }
  const configFile = file ?? CONFIG_FILE;
  return {
    entry: { path: configFile, bytes: Buffer.from(yaml.toString()), origin: 'the settings of the archive' },
    configFile,
    carried: wanted.map((setting) => remarkOf(setting, serving, `${configFile}, which TorchServe reads`)),
    lost: [...lost, ...kept],
  };
}

/** Settings for a server that reads none from an archive: `where` says where they have to be given. */
export async function settingsOutside(source: Source, where: (query: string) => string): Promise<readonly Remark[]> {
  const serving = { ...(await fromConfigFile(source)), ...source.serving };
  return [
    ...threadsLost(serving),
    ...SETTINGS.filter((setting) => serving[setting] !== undefined).map((setting) =>
      remarkOf(setting, serving, where(`${NAMES[setting].query}=${serving[setting]}`)),
    ),
  ];
}

/** What TorchServe's file of an archive asks for, in our names. */
export async function fromConfigFile({ archive, document, entryAt }: Source): Promise<Serving> {
  const named = document.model['configFile'];
  const entry = typeof named === 'string' ? archive.get(entryAt(named)) : undefined;
  if (!entry) return {};
  const { value } = await parseConfig(archive, entry);
  return Object.fromEntries(
    SETTINGS.flatMap((setting) => {
      const found = value[NAMES[setting].config[0]];
      return typeof found === 'number' && Number.isInteger(found) && found >= 0 ? [[setting, found]] : [];
    }),
  );
}

function remarkOf(setting: Setting, serving: Serving, how: string): Remark {
  return { what: `${NAMES[setting].words} ${serving[setting]}`, how };
}

function threadsLost({ threads }: Serving): Remark[] {
  if (threads === undefined) return [];
  return [
    { what: `threads ${threads}`, how: 'the server has no such setting: set OMP_NUM_THREADS in its environment' },
  ];
}
