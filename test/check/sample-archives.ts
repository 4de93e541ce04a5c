import { forgeZip } from '../hostile/forge-zip.js';
import { encodeOnnx, type ModelSpec } from '../models/onnx/encode-onnx.js';

/** Files of an archive by path. */
export type Files = Readonly<Record<string, string | Buffer>>;

type Fields = Readonly<Record<string, unknown>>;

export const PYTHON_HANDLER =
  'def handle(data, context):\n    if data is None:\n        return None\n    return ["ok"] * len(data)\n';
export const SCRIPT_HANDLER = 'export function handle(batch, context) {\n  return batch.map(() => "ok");\n}\n';

/** A manifest as text: `model` fields over a name and handler, `top` fields beside it. */
export function manifest(model: Fields = {}, top: Fields = {}): string {
  const { handler = 'service:handle', ...rest } = model;
  return JSON.stringify(
    { runtime: 'python', ...top, model: { modelName: 'cats', ...(handler !== null && { handler }), ...rest } },
    null,
    2,
  );
}

/** An archive of a Python handler; every file can be replaced or, with undefined, left out. */
export function pythonFiles(
  over: Readonly<Record<string, string | Buffer | undefined>> = {},
  model: Fields = {},
  top: Fields = {},
): Files {
  const files = { 'MAR-INF/MANIFEST.json': manifest(model, top), 'service.py': PYTHON_HANDLER, ...over };
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, content]) => (content === undefined ? [] : [[path, content]])),
  );
}

/** The same for a handler that our runner runs. `recorded` goes into `model.extensions.modelArchiver`. */
export function scriptFiles(
  over: Readonly<Record<string, string | Buffer | undefined>> = {},
  recorded: Fields = {},
): Files {
  const archiver = {
    version: '2.0.0',
    handler: { source: 'service.ts', module: 'service.mjs', entryPoint: 'handle' },
    ...recorded,
  };
  const model = { extensions: { modelArchiver: archiver } };
  return pythonFiles({ 'service.py': undefined, 'service.mjs': SCRIPT_HANDLER, ...over }, model, { runtime: 'nodejs' });
}

/** A bridged script archive; the parts of the bridge hold nothing. */
export function bridgedFiles(over: Readonly<Record<string, string | Buffer | undefined>> = {}): Files {
  const archiver = {
    version: '2.0.0',
    handler: { source: 'service.ts', module: 'service.mjs', entryPoint: 'handle' },
    bridge: { handler: 'service:handle' },
  };
  const parts = { 'mar_bridge/__init__.py': '', 'MAR-INF/bridge/dist/worker/main.js': '' };
  return pythonFiles(
    { 'service.py': undefined, 'service.mjs': SCRIPT_HANDLER, ...parts, ...over },
    { handler: 'mar_bridge:handle', extensions: { modelArchiver: archiver } },
  );
}

/** A script archive with an ONNX model made by hand. */
export const modelFiles = (spec: ModelSpec | Buffer, over: Readonly<Record<string, string | Buffer>> = {}): Files =>
  scriptFiles({ 'model.onnx': Buffer.isBuffer(spec) ? spec : encodeOnnx(spec), ...over });

/** A declaration of an accelerator with which nothing is wrong. */
export const EIA = {
  acceleratorType: 'eia1.medium',
  count: 1,
  ordinals: [0],
  api: 'none',
  contexts: { model: 'eia:0', data: 'cpu' },
  required: false,
  fallback: 'cpu',
};

/** A Python archive that declares an accelerator. */
export function eiaFiles(eia: Fields, over: Readonly<Record<string, string | Buffer>> = {}, model: Fields = {}): Files {
  return pythonFiles(over, { extensions: { eia: { ...EIA, ...eia } }, ...model });
}

/** The bytes of a .mar with these files, stored. */
export function zip(files: Files): Buffer {
  return forgeZip(Object.entries(files).map(([name, data]) => ({ name, data })));
}
