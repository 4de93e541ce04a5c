import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { type PackOptions, pack, type Template } from '#index.js';
import { TEMPLATE_FILES } from '../init/template-files.js';
import { type Peer, peerPython } from '../support/peers.js';
import { runMar } from '../support/run-mar.js';

/** The columns of the matrix. */
export const PLACES = ['ours', 'mms', 'torchserve', 'sagemaker', 'load-all'] as const;
export type Place = (typeof PLACES)[number];

/** One archive of the matrix. */
export interface Row {
  readonly name: string;
  /** What it is registered as; the file is MODEL.mar. */
  readonly model: string;
  /** The archive that the servers get, and the tarballs that SageMaker's containers get. */
  readonly archive: string;
  readonly tarball: string;
  readonly folderTarball?: string;
  /** What the handler cannot answer. */
  readonly wrong: { readonly contentType: string; readonly body: string };
  /** Where a server refuses it, and the finding that says so beforehand. */
  readonly refused: Readonly<Partial<Record<Place, string>>>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WRONG = { contentType: 'text/plain', body: 'not what it expects' };
const TEMPLATES: readonly Template[] = [
  'custom-service',
  'image-classifier',
  'object-detector',
  'tensor',
  'text-classifier',
  'eia',
  'python-service',
  'eia-python',
];
/** Their handlers need no bridge. */
const IN_PYTHON: readonly Template[] = ['python-service', 'eia-python'];

/** Packs the rows that are wanted below a directory. Those of a real archiver are left out where it is not installed. */
export async function packRows(root: string, wants: (name: string) => boolean): Promise<Row[]> {
  const makers: [string, () => Promise<Row>][] = [
    ['example image-classifier, vendored', () => example(root)],
    ...TEMPLATES.map((template): [string, () => Promise<Row>] => [
      `template ${template}`,
      () => fromTemplate(root, template),
    ]),
    ['TypeScript without --bridge', () => withoutBridge(root)],
    ['Python, --archive-format tgz', () => asFolderTarball(root)],
  ];
  if (peerPython('mms')) makers.push(['model-archiver 1.0.3, Python', () => realArchiver(root, 'mms')]);
  if (peerPython('torchserve'))
    makers.push(['torch-model-archiver 0.12.0, Python', () => realArchiver(root, 'torchserve')]);
  const rows: Row[] = [];
  for (const [name, make] of makers) if (wants(name)) rows.push({ ...(await make()), name });
  return rows;
}

/** The image classifier, with the native modules of this platform in the archive. */
async function example(root: string): Promise<Row> {
  const packed = await both(root, {
    modelName: 'cat',
    modelPath: join(ROOT, 'examples/image-classifier/model'),
    handler: 'service.ts',
    bridge: true,
    vendor: 'linux-x64',
  });
  return { name: 'example image-classifier, vendored', model: 'cat', ...packed, wrong: WRONG, refused: {} };
}

/** A new project of a template, as `mar init` writes it. */
async function fromTemplate(root: string, template: Template): Promise<Row> {
  const model = `of-${template}`;
  const modelPath = await sourceOf(root, template);
  const config = JSON.parse(readFileSync(join(modelPath, 'mar.config.json'), 'utf8'));
  const packed = await both(root, { ...config, modelName: model, modelPath, bridge: !IN_PYTHON.includes(template) });
  return { name: `template ${template}`, model, ...packed, wrong: WRONG, refused: {} };
}

/** The project's directory, made the first time. */
async function sourceOf(root: string, template: Template): Promise<string> {
  const path = join(root, 'sources', `of-${template}`);
  if (existsSync(path)) return path;
  mkdirSync(path, { recursive: true });
  for (const [name, content] of Object.entries(TEMPLATE_FILES[template])) writeFileSync(join(path, name), content);
  const made = await runMar(['init', path, '--yes', '--template', template]);
  assert.is(made.code, 0, made.stderr);
  return path;
}

async function both(root: string, options: PackOptions): Promise<Pick<Row, 'archive' | 'tarball' | 'folderTarball'>> {
  const [archive, tarball, folderTarball] = [
    await pack({ ...options, exportPath: root, force: true }),
    await pack({ ...options, exportPath: folderIn(root, 'flat'), target: 'sagemaker', force: true }),
    await pack({ ...options, exportPath: folderIn(root, 'folder'), archiveFormat: 'tgz', force: true }),
  ];
  return { archive: archive.target, tarball: tarball.target, folderTarball: folderTarball.target };
}

function folderIn(root: string, name: string): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
}

async function withoutBridge(root: string): Promise<Row> {
  const model = 'no-bridge';
  const options = {
    modelName: model,
    modelPath: await sourceOf(root, 'custom-service'),
    handler: 'service.ts',
    force: true,
  } as const;
  const { target: archive } = await pack({ ...options, exportPath: root });
  const { target: tarball } = await pack({
    ...options,
    exportPath: folderIn(root, 'flat'),
    archiveFormat: 'tgz-flat',
  });
  const refused = { mms: 'MAR213', torchserve: 'MAR213', sagemaker: 'MAR213' };
  return { name: 'TypeScript without --bridge', model, archive, tarball, wrong: WRONG, refused };
}

/** A tar that holds one folder, as both real archivers write it. */
async function asFolderTarball(root: string): Promise<Row> {
  const model = 'folder-tar';
  const { target } = await pack({
    modelName: model,
    modelPath: await sourceOf(root, 'python-service'),
    handler: 'service.py:handle',
    exportPath: root,
    archiveFormat: 'tgz',
    force: true,
  });
  const refused = { mms: 'MAR134', sagemaker: 'MAR137' };
  return { name: 'Python, --archive-format tgz', model, archive: target, tarball: target, wrong: WRONG, refused };
}

/** What a server's own archiver makes of the Python template, with its golden case; SageMaker gets its tar. */
async function realArchiver(root: string, peer: Peer): Promise<Row> {
  const model = peer === 'mms' ? 'by-model-archiver' : 'by-torch-model-archiver';
  const program = join(dirname(peerPython(peer) ?? ''), peer === 'mms' ? 'model-archiver' : 'torch-model-archiver');
  const source = await sourceOf(root, 'python-service');
  const named = ['--model-name', model, '--force', '--export-path', root];
  const given =
    peer === 'mms'
      ? ['--model-path', source, '--handler', 'service:handle']
      : ['--version', '1.0', '--handler', join(source, 'service.py'), '--extra-files', source];
  execFileSync(program, [...named, ...given], { stdio: 'pipe', cwd: root });
  execFileSync(program, [...named, ...given, '--archive-format', 'tgz'], { stdio: 'pipe', cwd: root });
  const archive = join(root, `${model}.mar`);
  const name = `${peer === 'mms' ? 'model-archiver 1.0.3' : 'torch-model-archiver 0.12.0'}, Python`;
  return {
    name,
    model,
    archive,
    tarball: join(root, `${model}.tar.gz`),
    wrong: WRONG,
    refused: { sagemaker: 'MAR137' },
  };
}
