import { test } from 'uvu';
import { NATIVE_RULES } from '#check/rules/native-code.js';
import { PYTHON_HANDLER, pythonFiles, scriptFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const filled = (...head: readonly number[]): Buffer => Buffer.concat([Buffer.from(head), Buffer.alloc(256)]);
const ELF = filled(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1);
const MACH = filled(0xcf, 0xfa, 0xed, 0xfe);
const FAT = filled(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2);
const JAVA = filled(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52);
const WINDOWS = filled(0x4d, 0x5a);
WINDOWS.writeUInt32LE(128, 60);
WINDOWS.write('PE\0\0', 128, 'latin1');

await tellRules(NATIVE_RULES, [
  [
    'nothing native',
    pythonFiles({ 'x.class': JAVA, 'x.txt': 'MZ and so on', 'y.bin': filled(0x4d, 0x5a), short: 'MZ' }),
    [],
  ],
  [
    'libraries, whatever they are called',
    pythonFiles({ 'fast.so': ELF, 'weights.bin': ELF, 'x.dylib': MACH, 'y.dylib': FAT, 'z.pyd': WINDOWS }),
    ['fast.so', 'weights.bin', 'x.dylib', 'y.dylib', 'z.pyd'].map((path) => `MAR339 ${path} is native code @ ${path}`),
  ],
  [
    'what loads them',
    pythonFiles({
      'service.py': `import ctypes\n\ndef load():\n    return ctypes.CDLL("./fast.so")\n\n${PYTHON_HANDLER}`,
    }),
    ['MAR339 service.py loads native code: ctypes.CDLL @ service.py 4:12'],
  ],
  [
    'what loads them in a script',
    scriptFiles({ 'a.cjs': 'require("./x.node");\nprocess.dlopen(m, "y");\n', 'b.cjs': 'const x = "x.node";\n' }),
    [
      'MAR339 a.cjs loads native code: process.dlopen @ a.cjs 2:1',
      'MAR339 a.cjs loads native code: an addon @ a.cjs 1:1',
    ],
  ],
  [
    'a file of the bridge that is not the one that we pack',
    scriptFiles({ 'MAR-INF/bridge/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1': ELF }),
    [
      'MAR339 MAR-INF/bridge/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1 is native code @ MAR-INF/bridge/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
    ],
  ],
]);

test.run();
