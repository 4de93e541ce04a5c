import { test } from 'uvu';
import { CODE_RULES } from '#check/rules/code.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

await tellRules(CODE_RULES, [
  [
    'packages in the archive: what runs when they are installed or imported, and what libraries do',
    pythonFiles({
      'dep.whl': forgeZip([
        { name: 'dep/__init__.py', data: 'import os\nos.system("id")\n', deflate: true },
        { name: 'dep/tool.py', data: 'import subprocess\ndef f():\n    subprocess.run(["x"])\n' },
        { name: 'dep.pth', data: 'import os; os.system("id")\n' },
      ]),
      'dep.zip': forgeZip([
        {
          name: 'dep-1.0/setup.py',
          data: 'import os\nfrom setuptools import setup\nfrom setuptools.command.install import install\nexec(open("version.py").read())\nclass I(install):\n    def run(self):\n        os.system("id")\nsetup(cmdclass={"install": I})\n',
        },
      ]),
      'requirements.txt': './dep.whl\n./dep.zip\n',
    }),
    [
      'MAR330 dep.whl!dep/tool.py uses a program: subprocess.run (line 3) @ dep.whl!dep/tool.py 3:5',
      'MAR330 dep.zip!dep-1.0/setup.py runs code from elsewhere while it is imported: exec (line 4), uses code from text while it is imported: exec (line 4) @ dep.zip!dep-1.0/setup.py 4:1',
      'MAR331 dep.whl!dep/__init__.py runs os.system while it is imported @ dep.whl!dep/__init__.py 2:1',
      'MAR331 dep.whl!dep.pth runs os.system while it is imported @ dep.whl!dep.pth 1:12',
      'MAR331 dep.zip!dep-1.0/setup.py runs os.system while it is imported @ dep.zip!dep-1.0/setup.py 7:9',
    ],
  ],
  [
    'lists of requirements that the manifest or another list names',
    pythonFiles(
      { 'deps.txt': '-r base.in\n', 'base.in': '-c ../x\n-i http://a/\nnumpy\n' },
      { requirementsFile: 'deps.txt' },
    ),
    [
      'MAR333 base.in takes packages from http://a/ (-i) @ base.in 2:1',
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
      'MAR333 requirements.txt takes packages from https://example.com/simple (-i) @ requirements.txt 3:1',
      'MAR333 requirements.txt takes packages from http://10.0.0.1/ (--extra-index-url) @ requirements.txt 4:1',
      'MAR333 requirements.txt trusts 10.0.0.1 without a certificate @ requirements.txt 5:1',
      'MAR333 requirements.txt takes packages from http://a/b (-f) @ requirements.txt 8:1',
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
]);

test.run();
