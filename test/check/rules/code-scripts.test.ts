import { test } from 'uvu';
import { CODE_RULES } from '#check/rules/code.js';
import { scriptFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

await tellRules(CODE_RULES, [
  [
    'JavaScript',
    scriptFiles({
      'lib/a.mjs': 'import { exec } from "node:child_process";\nexec("curl x | sh");\n',
      'lib/b.cjs':
        'eval(Buffer.from("x", "base64").toString());\nnew Function("x");\nprocess.dlopen(m, "x");\nrequire("net");\n',
      'lib/c.js': 'model.eval();\n',
    }),
    [
      'MAR331 lib/a.mjs runs exec while it is imported @ lib/a.mjs 2:1',
      'MAR331 lib/a.mjs has a command that runs what it downloads, or that opens a shell to the network @ lib/a.mjs 2:7',
      'MAR332 lib/a.mjs uses other programs: child_process @ lib/a.mjs 1:22',
      'MAR331 lib/b.cjs runs code that is hidden in data @ lib/b.cjs 1:1',
      'MAR330 lib/b.cjs uses code from text: eval (line 1), uses code from text: Function (line 2), uses the network (line 4) @ lib/b.cjs 1:1',
    ],
  ],
  ...(
    [
      [
        'at the top',
        "import { execSync } from 'node:child_process';\nexecSync('x');",
        'runs execSync while it is imported',
        '2:1',
        '1:26',
      ],
      [
        'by its module',
        "import cp from 'node:child_process';\ntry { cp.exec('x') } catch {}",
        'runs exec while it is imported',
        '2:10',
        '1:16',
      ],
      [
        'in a function that is called',
        "import cp from 'node:child_process';\nconst f = () => { cp.spawn('x'); };\nf();",
        'runs spawn while it is imported',
        '2:22',
        '1:16',
      ],
    ] as const
  ).map(
    ([what, code, message, place, named]) =>
      [
        `a script that starts a program ${what}`,
        scriptFiles({ 'other.mjs': code }),
        [
          `MAR331 other.mjs ${message} @ other.mjs ${place}`,
          `MAR332 other.mjs uses other programs: child_process @ other.mjs ${named}`,
        ],
      ] as const,
  ),
  [
    'scripts that hide what they load',
    scriptFiles({
      'a.mjs': "require(['child', 'process'].join('_'))",
      'b.mjs': "process.binding('spawn_sync')",
      'c.mjs': "const s = Buffer.from('eA==', 'base64').toString();\neval(s);",
      'd.mjs': "require('child_' + 'process')",
    }),
    [
      'MAR330 c.mjs uses code from text: eval (line 2) @ c.mjs 2:1',
      'MAR331 a.mjs loads a module whose name is hidden @ a.mjs 1:1',
      "MAR331 b.mjs reaches for functions through Node's insides @ b.mjs 1:1",
      'MAR331 c.mjs runs code that is hidden in data @ c.mjs 2:1',
      'MAR332 a.mjs uses other programs: child_process @ a.mjs 1:1',
      'MAR332 d.mjs uses other programs: child_process @ d.mjs 1:9',
    ],
  ],
]);

test.run();
