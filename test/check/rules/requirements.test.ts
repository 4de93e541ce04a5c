import { test } from 'uvu';
import { REQUIREMENT_RULES } from '#check/rules/requirements.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

await tellRules(REQUIREMENT_RULES, [
  [
    'lists of requirements that the manifest or another list names',
    pythonFiles(
      { 'deps.txt': '-r base.in\n', 'base.in': '-c ../x\n-i http://a/\nnumpy\n' },
      { requirementsFile: 'deps.txt' },
    ),
    [
      'MAR333 base.in takes packages from http://a/ (--index-url) @ base.in 2:1',
      'MAR334 base.in names no version of numpy @ base.in 3:1',
    ],
  ],
  [
    'requirements from elsewhere',
    pythonFiles({
      'requirements.txt':
        '# --index-url http://a/\n--index-url https://download.pytorch.org/whl/cpu\n-i https://example.com/simple\n--extra-index-url=http://10.0.0.1/\n--trusted-host 10.0.0.1\n--trusted-host pypi.org\n--find-links wheels\n-f http://a/b\n',
    }),
    [
      'MAR333 requirements.txt takes packages from https://example.com/simple (--index-url) @ requirements.txt 3:1',
      'MAR333 requirements.txt takes packages from http://10.0.0.1/ (--extra-index-url) @ requirements.txt 4:1',
      'MAR333 requirements.txt trusts 10.0.0.1 without a certificate @ requirements.txt 5:1',
      'MAR333 requirements.txt takes packages from http://a/b (--find-links) @ requirements.txt 8:1',
    ],
  ],
  [
    'requirements from addresses that nobody knows',
    pythonFiles({
      'requirements.txt':
        'numpy @ https://x/z.whl\ngit+http://y/z\n-e git+https://github.com/x/y\n--extra-index-\\\nurl http://z/simple\nscipy==1.0\n',
    }),
    [
      'MAR333 requirements.txt takes packages from https://x/z.whl @ requirements.txt 1:1',
      'MAR333 requirements.txt takes packages from git+http://y/z @ requirements.txt 2:1',
      'MAR333 requirements.txt installs what a repository holds at that moment (git+https://github.com/x/y) @ requirements.txt 3:1',
      'MAR333 requirements.txt takes packages from http://z/simple (--extra-index-url) @ requirements.txt 4:1',
      'MAR334 requirements.txt installs from numpy @ https://x/z.whl @ requirements.txt 1:1',
      'MAR334 requirements.txt installs from git+http://y/z @ requirements.txt 2:1',
    ],
  ],
  [
    'addresses with logins, which are not repeated',
    pythonFiles({
      'requirements.txt':
        'numpy @ https://joe:PASS@x/z.whl\ngit+https://PASS@y/z\n--index-url https://joe:PASS@z/simple\nscipy==1.0\n',
    }),
    [
      'MAR333 requirements.txt takes packages from https://***@x/z.whl @ requirements.txt 1:1',
      'MAR333 requirements.txt takes packages from git+https://***@y/z @ requirements.txt 2:1',
      'MAR333 requirements.txt takes packages from https://***@z/simple (--index-url) @ requirements.txt 3:1',
      'MAR334 requirements.txt installs from numpy @ https://***@x/z.whl @ requirements.txt 1:1',
      'MAR334 requirements.txt installs from git+https://***@y/z @ requirements.txt 2:1',
    ],
  ],
  [
    'what packages in the archive want from addresses, in their metadata and their sources',
    pythonFiles({
      'dep.whl': forgeZip([
        {
          name: 'dep-1.0.dist-info/METADATA',
          data: 'Name: dep\nRequires-Dist: numpy\nRequires-Dist: x @ http://10.0.0.1/x.whl\n\ny @ http://z/y.whl\n',
        },
        { name: 'dep/pyproject.toml', data: '# y @ http://z/y.whl\nrequires = ["x[y] @ git+http://b/x"]\n' },
        { name: 'dep/setup.cfg', data: '[options]\ninstall_requires = numpy\n' },
      ]),
      'dep/setup.py': 'from setuptools import setup\nsetup(install_requires=["x @ http://10.0.0.1/x.whl"])\n',
      'other/METADATA': `Requires-Dist: x @ http://z/x\n${' '.repeat(1024 * 1024)}`,
    }),
    [
      'MAR333 dep.whl!dep-1.0.dist-info/METADATA takes packages from http://10.0.0.1/x.whl @ dep.whl!dep-1.0.dist-info/METADATA 3:1',
      'MAR333 dep.whl!dep/pyproject.toml takes packages from git+http://b/x @ dep.whl!dep/pyproject.toml 2:1',
      'MAR333 dep/setup.py takes packages from http://10.0.0.1/x.whl @ dep/setup.py 2:1',
      'MAR334 dep.whl!dep-1.0.dist-info/METADATA installs from x @ http://10.0.0.1/x.whl @ dep.whl!dep-1.0.dist-info/METADATA 3:1',
      'MAR334 dep.whl!dep/pyproject.toml installs from x[y] @ git+http://b/x @ dep.whl!dep/pyproject.toml 2:1',
      'MAR334 dep/setup.py installs from x @ http://10.0.0.1/x.whl @ dep/setup.py 2:1',
    ],
  ],
  [
    'requirements without a version',
    pythonFiles({
      'requirements.txt':
        'numpy\npillow[x] ; python_version > "3"\nscipy==1.0\ntorch>=2\ngit+https://github.com/x/y\nz @ https://huggingface.co/x/z.whl\n',
    }),
    [
      'MAR334 requirements.txt names no version of numpy @ requirements.txt 1:1',
      'MAR334 requirements.txt names no version of pillow[x] ; python_version > "3" @ requirements.txt 2:1',
      'MAR334 requirements.txt installs from git+https://github.com/x/y @ requirements.txt 5:1',
      'MAR334 requirements.txt installs from z @ https://huggingface.co/x/z.whl @ requirements.txt 6:1',
    ],
  ],
  [
    'options that are shortened, quoted, behind others, in lines of their own kind',
    pythonFiles({
      'requirements.txt':
        '--ind http://a/\n-ihttp://b/\n--pre --extra "http://c/"\n# x \\\n--pypi-url http://d/\nnumpy==1\f-i http://e/\nscipy==1 -i http://f/\n',
    }),
    [
      'MAR333 requirements.txt takes packages from http://a/ (--index-url) @ requirements.txt 1:1',
      'MAR333 requirements.txt takes packages from http://b/ (--index-url) @ requirements.txt 2:1',
      'MAR333 requirements.txt takes packages from http://c/ (--extra-index-url) @ requirements.txt 3:1',
      'MAR333 requirements.txt takes packages from http://d/ (--index-url) @ requirements.txt 5:1',
      'MAR333 requirements.txt takes packages from http://e/ (--index-url) @ requirements.txt 7:1',
      'MAR333 requirements.txt takes packages from http://f/ @ requirements.txt 8:1',
    ],
  ],
  [
    'lists in other encodings, of constraints, and too large to be one',
    pythonFiles({
      'requirements.txt': Buffer.from('\ufeff-i http://a/\n', 'utf16le'),
      'sub/requirements-gpu.txt': '# coding: utf-7\nnumpy==1\n',
      'constraints.txt': 'numpy @ http://b/numpy.whl\n',
      'requirements-all.txt': `-i http://c/\n${' '.repeat(1024 * 1024)}`,
    }),
    [
      'MAR333 requirements.txt takes packages from http://a/ (--index-url) @ requirements.txt 1:1',
      'MAR333 sub/requirements-gpu.txt is encoded as utf-7, so that what it asks for was not read @ sub/requirements-gpu.txt',
      'MAR333 constraints.txt takes packages from http://b/numpy.whl @ constraints.txt 1:1',
      'MAR333 requirements-all.txt is larger than a list of requirements may be, so that what it asks for was not read @ requirements-all.txt',
      'MAR334 constraints.txt installs from numpy @ http://b/numpy.whl @ constraints.txt 1:1',
    ],
  ],
  [
    'configurations of installers',
    pythonFiles({
      'pip.conf':
        '[global]\nindex-url = http://a/simple\n; index-url = http://no/\nextra-index-url =\n    http://b/\n    https://pypi.org/simple\ntrusted-host = c d\n',
      'uv.toml': '[[index]]\nname = "x"\nurl = "http://a/"\n[pip]\nextra-index-url = [\n  "http://b/",\n]\n',
      'pyproject.toml':
        '[project]\nname = "x"\n[project.urls]\nurl = "http://no/"\n[[tool.poetry.source]]\nurl = "http://a/"\n[tool.uv]\nindex = [{ url = "http://b/" }]\n',
      'conf/x.env': 'export PIP_INDEX_URL=http://a/\nUV_EXTRA_INDEX_URL="http://b/"\nPIP_NO_CACHE_DIR=http://no/\n',
      'model/conda.yaml':
        'channels:\n- conda-forge\n- http://a/channel\ndependencies:\n- pip:\n  - --index-url http://b/\n  - numpy\n',
      Pipfile: '[[source]]\nurl = "http://a/simple"\n[packages]\nx = "*"\n',
    }),
    [
      'MAR344 pip.conf takes packages from http://a/simple (--index-url) @ pip.conf 2:1',
      'MAR344 pip.conf takes packages from http://b/ (--index-url) @ pip.conf 5:1',
      'MAR344 pip.conf trusts c without a certificate @ pip.conf 7:1',
      'MAR344 uv.toml takes packages from http://a/ (--index-url) @ uv.toml 3:1',
      'MAR344 uv.toml takes packages from http://b/ (--index-url) @ uv.toml 6:1',
      'MAR344 pyproject.toml takes packages from http://a/ (--index-url) @ pyproject.toml 6:1',
      'MAR344 pyproject.toml takes packages from http://b/ (--index-url) @ pyproject.toml 8:1',
      'MAR344 conf/x.env takes packages from http://a/ (--index-url) @ conf/x.env 1:1',
      'MAR344 conf/x.env takes packages from http://b/ (--index-url) @ conf/x.env 2:1',
      'MAR344 model/conda.yaml takes packages from http://a/channel (--index-url) @ model/conda.yaml 3:1',
      'MAR344 model/conda.yaml takes packages from http://b/ (--index-url) @ model/conda.yaml 6:1',
      'MAR344 Pipfile takes packages from http://a/simple (--index-url) @ Pipfile 2:1',
    ],
  ],
  [
    'configurations of installers that name what everybody knows',
    pythonFiles({
      'pyproject.toml':
        '[tool.uv.sources]\nx = { git = "https://github.com/x/y" }\n[[tool.uv.index]]\nurl = "https://download.pytorch.org/whl/cpu"\n',
      'conda.yaml': 'channels:\n- https://conda.anaconda.org/conda-forge\ndependencies:\n- python=3.11\n',
      'pip.conf': '[global]\ntimeout = 60\n',
    }),
    [],
  ],
]);

test.run();
