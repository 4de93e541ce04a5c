import { bridgedFiles, manifest, PYTHON_HANDLER, pythonFiles, scriptFiles } from '../sample-archives.js';
import { good, type RuleFixture } from './fixture.js';

/** Fixtures of the rules about the manifest. */
export const MANIFEST_FIXTURES: Readonly<Record<string, RuleFixture>> = {
  MAR201: { fires: { 'service.py': PYTHON_HANDLER }, silent: good },
  MAR202: { fires: pythonFiles({ 'MAR-INF/MANIFEST.json': '{ "model": { "modelName": "a", } }' }), silent: good },
  MAR203: { fires: pythonFiles({ 'MAR-INF/MANIFEST.json': '[]' }), silent: good },
  MAR204: { fires: pythonFiles({ 'MAR-INF/MANIFEST.json': `\ufeff${manifest()}` }), silent: good },
  MAR205: {
    fires: { 'MANIFEST.json': '{ "Model": { "Model-Name": "a", "Service": "s.py" } }', 's.py': PYTHON_HANDLER },
    silent: good,
  },
  MAR210: { fires: pythonFiles({}, { modelName: undefined }), silent: good },
  MAR211: { fires: pythonFiles({}, { handler: null }), silent: good },
  MAR212: { fires: pythonFiles({}, {}, { runtime: 'pyton3' }), silent: pythonFiles({}, {}, { runtime: 'python3' }) },
  MAR213: { fires: scriptFiles(), silent: good },
  MAR214: { fires: pythonFiles({}, {}, { runtime: 'python2' }), silent: good },
  MAR215: {
    fires: pythonFiles({}, {}, { engine: { engineVersion: '1' } }),
    silent: pythonFiles({}, {}, { engine: { engineName: 'MXNet' } }),
  },
  MAR231: {
    fires: pythonFiles({}, { extensions: { modelArchiver: { inputs: { text: { type: 'string' } } } } }),
    silent: good,
  },
  MAR216: { fires: pythonFiles({}, { modelName: 'my cat' }), silent: pythonFiles({}, { modelName: 'resnet-152' }) },
  MAR228: { fires: pythonFiles({}, { modelName: 'a/b' }), silent: pythonFiles({}, { modelName: 'my cat' }) },
  MAR217: { fires: good, silent: pythonFiles({}, { modelVersion: '1.0' }) },
  MAR218: {
    fires: pythonFiles({}, {}, { specificationVersion: '2.0' }),
    silent: pythonFiles({}, {}, { specificationVersion: '1.0' }),
  },
  MAR219: {
    fires: pythonFiles({}, { modelName: 'cat\ud83d' }),
    silent: pythonFiles({}, { modelName: 'cat\ud83d\udc08' }),
  },
  MAR220: { fires: pythonFiles({}, { description: ['a'] }), silent: pythonFiles({}, { description: 'a' }) },
  MAR221: { fires: pythonFiles({}, { modelVersion: 1.1 }), silent: pythonFiles({}, { modelVersion: '1.10' }) },
  MAR222: { fires: pythonFiles({}, { modelVersoin: '1' }), silent: pythonFiles({}, { extensions: { mine: 1 } }) },
  MAR223: {
    fires: pythonFiles({
      'MAR-INF/MANIFEST.json':
        '{ "runtime": "python", "runtime": "python3", "model": { "modelName": "a", "handler": "service:handle" } }',
    }),
    silent: good,
  },
  MAR224: {
    fires: pythonFiles({}, { serializedFile: 'model.pt' }),
    silent: pythonFiles({ 'labels.bin': 'x' }, { serializedFile: 'labels.bin' }),
  },
  MAR225: { fires: scriptFiles({}, { handler: 'service.mjs' }), silent: scriptFiles() },
  MAR226: {
    fires: pythonFiles({ 'c.yaml': 'minWorkers: [1\n' }, { configFile: 'c.yaml' }),
    silent: pythonFiles({ 'c.yaml': 'minWorkers: 1\n' }, { configFile: 'c.yaml' }),
  },
  MAR229: { fires: bridgedFiles(), silent: good },
  MAR230: { fires: bridgedFiles({ 'mar_bridge/__init__.py': undefined }), silent: bridgedFiles() },
  MAR227: {
    fires: pythonFiles({ 'requirements.txt': '-r base.txt\n' }, { requirementsFile: 'requirements.txt' }),
    silent: pythonFiles(
      { 'requirements.txt': '-r base.txt\n', 'base.txt': '--no-index\n' },
      { requirementsFile: 'requirements.txt' },
    ),
  },
  MAR232: {
    fires: pythonFiles({ 'requirements.txt': 'numpy=1.26.4\n' }, { requirementsFile: 'requirements.txt' }),
    silent: pythonFiles({ 'requirements.txt': 'numpy==1.26.4\n' }, { requirementsFile: 'requirements.txt' }),
  },
  MAR233: {
    fires: pythonFiles({ 'index_to_name.json': '["tench"]' }, { handler: 'image_classifier' }),
    silent: pythonFiles({ 'index_to_name.json': '["tench"]' }),
  },
  MAR234: {
    fires: pythonFiles({ 'c.yaml': 'minWorkers: "1"\n' }, { configFile: 'c.yaml' }),
    silent: pythonFiles({ 'c.yaml': 'minWorkers: 1\n' }, { configFile: 'c.yaml' }),
  },
};
