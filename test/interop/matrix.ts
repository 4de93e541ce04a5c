import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Severity, type Target, validate } from '#index.js';
import { startPeer } from '../check/peer-server.js';
import { layFolder } from '../support/model-folder.js';
import { missingPeer } from '../support/peers.js';
import { type Cell, differences, fill, type Host } from './cell.js';
import { managedHost } from './hosts.js';
import { withOurServer } from './our-server.js';
import { PLACES, type Place, packRows, type Row } from './rows.js';
import { missingSagemaker, sagemakerColumn } from './sagemaker.js';

/** How an archive did on a server: like ours; refused, as a finding of ours said; or not as it should. */
export type Outcome =
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly reason: string; readonly predicted: readonly string[] }
  | { readonly kind: 'wrong'; readonly faults: readonly string[] };

/** The whole of it: a column for each server that is here. */
export interface Matrix {
  readonly places: readonly Place[];
  readonly rows: readonly { readonly row: Row; readonly outcomes: Readonly<Partial<Record<Place, Outcome>>> }[];
  /** Columns that are not here, and why. */
  readonly missing: Readonly<Partial<Record<Place, string>>>;
}

const TARGET: Readonly<Record<Place, Target>> = {
  ours: 'local',
  mms: 'mms',
  torchserve: 'torchserve',
  sagemaker: 'sagemaker',
  'load-all': 'sagemaker',
};

/** What of it is wanted: columns and rows, by name. */
export interface Wanted {
  readonly places?: readonly Place[];
  readonly rows?: (name: string) => boolean;
}

/** Packs the rows and takes them through the servers, ours always. `tell` hears what is under way. */
export async function runMatrix(
  { places: wanted, rows: wants = () => true }: Wanted,
  tell: (text: string) => void,
): Promise<Matrix> {
  const folder = layFolder();
  try {
    const rows = await packRows(folder.path, wants);
    const missing: Partial<Record<Place, string>> = {};
    const columns: Partial<Record<Place, Map<Row, Cell>>> = {};
    const column = async (place: Place, why: string | undefined, run: () => Promise<Map<Row, Cell>>) => {
      if (place !== 'ours' && wanted !== undefined && !wanted.includes(place)) missing[place] = 'not asked for';
      else if (why !== undefined) missing[place] = why;
      tell(`${place}: ${missing[place] ?? 'running'}`);
      if (missing[place] === undefined) columns[place] = await run();
    };
    await column('ours', undefined, () => ourColumn(rows, folder.path));
    for (const peer of ['mms', 'torchserve'] as const)
      await column(peer, missingPeer(peer), async () => {
        const server = await startPeer(peer, { MAR_NODE_PATH: join(process.cwd(), 'node_modules') });
        try {
          return await fillAll(managedHost(server), rows);
        } finally {
          server.stop();
        }
      });
    for (const place of ['sagemaker', 'load-all'] as const)
      await column(place, missingSagemaker, async () => sagemakerColumn(place, rows, folder.path));
    const places = PLACES.filter((place) => columns[place]);
    return {
      places,
      missing,
      rows: await Promise.all(
        rows.map(async (row) => {
          const outcomes: Partial<Record<Place, Outcome>> = {};
          for (const place of places) {
            const [cell, ours] = [columns[place]?.get(row), columns.ours?.get(row)];
            if (cell && ours) outcomes[place] = await judge(place, row, cell, ours);
          }
          return { row, outcomes };
        }),
      ),
    };
  } finally {
    folder.remove();
  }
}

async function fillAll(host: Host, rows: readonly Row[]): Promise<Map<Row, Cell>> {
  const cells = new Map<Row, Cell>();
  for (const row of rows) cells.set(row, await fill(host, row));
  return cells;
}

async function ourColumn(rows: readonly Row[], root: string): Promise<Map<Row, Cell>> {
  const store = join(root, 'our-store');
  try {
    return await withOurServer(store, (host) => fillAll(host, rows));
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

async function judge(place: Place, row: Row, cell: Cell, ours: Cell): Promise<Outcome> {
  const expected = row.refused[place];
  if (cell.refused !== undefined) {
    const archive =
      place === 'sagemaker' ? row.tarball : place === 'load-all' ? (row.folderTarball ?? row.tarball) : row.archive;
    const predicted = await foundBeforehand(archive, TARGET[place]);
    if (expected !== undefined && predicted.includes(expected)) {
      return { kind: 'refused', reason: cell.refused, predicted: [expected] };
    }
    return { kind: 'wrong', faults: [`${cell.refused}; validate said ${predicted.join(', ') || 'nothing'}`] };
  }
  const faults = [...cell.faults, ...differences(cell, ours)];
  if (expected !== undefined) faults.push(`it loads, although ${expected} says that it does not`);
  return faults.length === 0 ? { kind: 'same' } : { kind: 'wrong', faults };
}

/** The rules that find something graver than a note. */
async function foundBeforehand(archive: string, target: Target): Promise<string[]> {
  const { archives } = await validate([archive], { target: [target] });
  const grave = (severity: Severity | undefined): boolean => severity === 'error' || severity === 'warning';
  return (archives[0]?.findings ?? []).filter(({ targets }) => grave(targets[target])).map(({ rule }) => rule);
}
