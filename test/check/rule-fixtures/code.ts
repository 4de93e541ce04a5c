import { forgeZip } from '../../hostile/forge-zip.js';
import { PYTHON_HANDLER, pythonFiles } from '../sample-archives.js';
import type { RuleFixture } from './fixture.js';

const wheel = (record: string): Buffer =>
  forgeZip([
    { name: 'x/__init__.py', data: '' },
    { name: 'x-1.0.dist-info/RECORD', data: record },
  ]);

/** Fixtures of the rules about what code does, packages and credentials. */
export const CODE_FIXTURES: Readonly<Record<string, RuleFixture>> = {
  MAR330: {
    fires: pythonFiles({ 'service.py': `import os\n${PYTHON_HANDLER}\nA = os.environ` }),
    silent: pythonFiles({ 'service.py': `import os\n${PYTHON_HANDLER}\nA = os.sep` }),
  },
  MAR331: {
    fires: pythonFiles({ 'a.py': 'import os\nos.system("x")' }),
    silent: pythonFiles({ 'a.py': 'import os\nos.getpid()' }),
  },
  MAR332: {
    fires: pythonFiles({ 'a.py': 'import os\ndef f():\n    os.system("x")' }),
    silent: pythonFiles({ 'a.py': 'import os\ndef f():\n    os.getpid()' }),
  },
  MAR333: {
    fires: pythonFiles({ 'requirements.txt': '-i http://x/' }),
    silent: pythonFiles({ 'requirements.txt': 'numpy==1.26.4' }),
  },
  MAR334: {
    fires: pythonFiles({ 'requirements.txt': 'numpy' }),
    silent: pythonFiles({ 'requirements.txt': 'numpy==1.26.4' }),
  },
  MAR338: {
    fires: pythonFiles({ 'a.py': `#${'('.repeat(3000)}\nimport os\nos.system("x")` }),
    silent: pythonFiles({ 'a.py': `#${'('.repeat(300)}\nimport os\nos.getpid()` }),
  },
  MAR340: {
    fires: pythonFiles({
      'service.py': `KW = {"trust_remote_code": True}\n${PYTHON_HANDLER}`,
      'config.json': '{"auto_map": {"AutoModel": "a/b--m.Net"}}',
    }),
    silent: pythonFiles({
      'service.py': `KW = {"trust_remote_code": True}\n${PYTHON_HANDLER}`,
      'config.json': '{"auto_map": {"AutoModel": "m.Net"}}',
    }),
  },
  MAR341: {
    fires: pythonFiles({ 'config.json': '{"auto_map": {"AutoModel": "a/b--m.Net"}}' }),
    silent: pythonFiles({ 'config.json': '{"auto_map": {"AutoModel": "m.Net"}}' }),
  },
  MAR339: {
    fires: pythonFiles({ 'fast.so': Buffer.from(`\x7fELF${'\0'.repeat(64)}`, 'latin1') }),
    silent: pythonFiles({ 'fast.so': 'ELF' }),
  },
  MAR342: {
    fires: pythonFiles({ 'x-1.0.dist-info/entry_points.txt': '[group]\nrun = os:system\n' }),
    silent: pythonFiles({ 'x-1.0.dist-info/entry_points.txt': '[group]\nrun = x:run\n' }),
  },
  MAR343: {
    fires: pythonFiles({ 'x.whl': wheel('x/__init__.py,sha256=AAAA,1') }),
    silent: pythonFiles({ 'x.whl': wheel('x/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0') }),
  },
  MAR344: {
    fires: pythonFiles({ 'uv.toml': 'index-url = "http://10.0.0.1/"\n' }),
    silent: pythonFiles({ 'uv.toml': 'index-url = "https://pypi.org/simple"\n' }),
  },
  MAR335: { fires: pythonFiles({ 'sitecustomize.py': '' }), silent: pythonFiles({ 'site.txt': '' }) },
  MAR337: { fires: pythonFiles({ 'a.pyc': '' }), silent: pythonFiles({ 'a.pyc': '', 'a.py': '' }) },
  MAR336: { fires: pythonFiles({ '.netrc': '' }), silent: pythonFiles({ 'netrc.md': '' }) },
};
