import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callsElsewhere, commandsIn, runsCommands } from '#models/content/configurations.js';
import { unescaped } from '#models/content/texts.js';

const NAMES = 'names what runs commands, for whoever makes objects of its entries:';
const EVALUATES = 'has code among its values, for whoever evaluates them:';
const SECTIONS = '[loggers]\nkeys=root\n[handlers]\nkeys=h\n[handler_h]\n';

/** Interpolations are written with another sign here, so that nobody takes them for those of templates. */
const filled = (text: string): string => text.replaceAll('@{', '$'.concat('{'));

const RUN: readonly (readonly [name: string, text: string, told: string])[] = [
  ['h.yaml', 'model:\n  _target_: os.system\n  command: x\n', `${NAMES} os.system`],
  ['h.json', '{"_target_": "subprocess.run"}', `${NAMES} subprocess.run`],
  ['vocabulary.json', '{"class_path":"subprocess.Popen"}', `${NAMES} subprocess.Popen`],
  ['l.json', '{"formatters": {"a": {"()": "os\\u002epopen"}}}', `${NAMES} os.popen`],
  ['c.yaml', 'class_path: builtins.exec\n', `${NAMES} builtins.exec`],
  ['c.yaml', 'a: {_target_: os.system, command: x}', `${NAMES} os.system`],
  ['c.yaml', '? _target_\n: os.system\n', `${NAMES} os.system`],
  ['c.yaml', "'_target_' : &x !!str >-\n   os.system\n", `${NAMES} os.system`],
  ['c.yaml', '"_target_": "os.\\\n   system"\n', `${NAMES} os.system`],
  ['c.yaml', '_target_: os.system.__call__ # x\n', `${NAMES} os.system`],
  ['c.yaml', 'factory: ext://os.system\n', `${NAMES} os.system`],
  ['c.yaml', '_target_: hydra.utils.get_method\npath: os.system\n', `${NAMES} os.system`],
  ['m.json', '{"py/object": "subprocess.Popen"}', `${NAMES} subprocess.Popen`],
  ['config.json', '{"type": "os.system"}', `${NAMES} os.system`],
  ['c.toml', '[x]\n_target_ = "os.system"\n', `${NAMES} os.system`],
  ['logging.ini', '[formatter_f]\nclass=os.system\nformat=id\n', `${NAMES} os.system`],
  ['a.gin', 'import os\nx.y = @os.system()\n', `${NAMES} os.system`],
  // Through modules that import the one that is meant.
  ['c.yaml', '_target_: random._os.system\n', `${NAMES} random._os.system`],
  ['c.yaml', '_target_: enum.bltns.eval\n', `${NAMES} enum.bltns.eval`],
  ['c.yaml', '_target_: timeit.timeit\n', `${NAMES} timeit.timeit`],
  ['c.yaml', '_target_: builtins.open\nfile: x\nmode: w\n', `${NAMES} builtins.open`],
  ['c.yaml', '_target_: asyncio.create_subprocess_shell\n', `${NAMES} asyncio.create_subprocess_shell`],
  ['c.yaml', '_target_: pathlib.Path.touch\n', `${NAMES} pathlib.Path.touch`],
  ['c.yaml', 'k: &k _target_\n*k : os.system\n', `${NAMES} os.system`],
  // Elsewhere: by an alias, by interpolations, by a resolver's default.
  ['c.yaml', 'x: &t os.system\n_target_: *t\n', `${NAMES} os.system`],
  ['c.yaml', '_target_: *t\nlist: [&t shutil.rmtree]\n', `${NAMES} shutil.rmtree`],
  ['c.yaml', 'x: os.system\n_target_: @{x}\n', `${NAMES} os.system`],
  ['c.yaml', 'm:\n  a: os\nb: system\n_target_: @{m.a}.@{b}\n', `${NAMES} os.system`],
  ['c.yaml', 'b: [system]\nc: system\n_target_: os.@{.c}\n', `${NAMES} os.system`],
  ['c.yaml', '_target_: @{oc.env:NO,os.system}\n', `${NAMES} os.system`],
  ['c.yaml', "_target_: @{oc.select:no,'os.system'}\n", `${NAMES} os.system`],
  // What is evaluated.
  ['l.ini', `${SECTIONS}class=__import__('os').system('x')\n`, `${EVALUATES} __import__`],
  ['l.conf', `${SECTIONS}class=StreamHandler\nargs=(os.system('id'),)\n`, `${EVALUATES} os.system`],
  ['l.conf', `${SECTIONS}args=(%(a)s,)\na=getattr(os, 'sys' 'tem')('id')\n`, `${EVALUATES} getattr(`],
  ['c.yaml', "a: @{eval:\"__import__('os').system('id')\"}\n", `${EVALUATES} __import__`],
  ['c.yaml', "a: @{calc:'@{n} + os.system(1)'}\n", `${EVALUATES} @{calc:'@{n} + os.system(`],
  ['yolo.yaml', "- [-1, 1, \"__import__('os').system('id')\", [64]]\n", `${EVALUATES} __import__`],
  ['m.json', '{"expression": "__import__(\\"os\\").system(\\"id\\")"}', `${EVALUATES} __import__`],
];

for (const [name, text, told] of RUN)
  test(`${name}: ${text}`, () => assert.is(commandsIn(unescaped(filled(text)), name), filled(told)));

const SILENT: readonly (readonly [name: string, text: string])[] = [
  ['c.yaml', '_target_: torch.optim.Adam\na: os.path.join\n'],
  ['c.yaml', 'k: &k name\n*k : os.system\n'],
  ['c.yaml', '_target_: os.path.join\n_args_: [a, os.system]\n'],
  ['c.yaml', '_target_: os.path.expanduser\npath: ~/.local/x.pth\n'],
  ['c.yaml', 'rank:\n  _target_: builtins.int\n  _args_:\n    - _target_: os.environ.get\n      key: NODE_RANK\n'],
  ['c.yaml', '_target_: torch.utils.data.DataLoader\n'],
  ['c.yaml', '_target_: builtins.dict\n'],
  ['c.yaml', '_target_: eval.model.CacheModel\n'],
  ['c.yaml', '_target_: my.timeit.timeit\n'],
  ['c.yaml', '_target_: os.systematic\n'],
  ['c.yaml', '_target_: torch.optim.@{optimizer}\noptimizer: Adam\n'],
  ['c.yaml', '_target_: @{dp:MeshReader}\npath: @{train_datadir}\n'],
  ['c.yaml', 'path: os.system\n'],
  ['c.yaml', 'type: os.system is what nobody should call\n'],
  ['c.yaml', "a: @{eval:'@{a} * 2'}\nb: @{oc.env:HOME}/eval (best)\n"],
  ['l.ini', `${SECTIONS}class=StreamHandler\nargs=(sys.stdout,)\n# args=(os.system('id'),)\n`],
  ['l.ini', `${SECTIONS}class=FileHandler\nargs=(os.path.join(os.getenv('LOGS'), 'a.log'), 'a')\n`],
  ['setup.cfg', '[tool]\nrule = os.system\n'],
  ['vocabulary.json', '{"os.system": 3, "type": "os.system", "3": "subprocess.run"}'],
  ['labels.json', '["os.system", "__import__(\'os\').system"]'.replace('"__', '"call __')],
  ['notes.txt', "do not write __import__('os').system('id')\n"],
  ['a.txt', '@os.system\n'],
];

for (const [name, text] of SILENT)
  test(`${name}, in which nothing runs: ${text}`, () =>
    assert.is(commandsIn(unescaped(filled(text)), name), undefined));

test('a name is one by itself and through others', () => {
  assert.ok(
    runsCommands('os.system') && runsCommands('a.b._os.system') && runsCommands('os:system') && runsCommands('pdb.run'),
  );
  assert.not(
    runsCommands('a.pdb.run') || runsCommands('os.systems') || runsCommands('os.path.join') || runsCommands(''),
  );
});

test('what stands elsewhere is known by its sign', () => {
  assert.ok(
    callsElsewhere(filled('_target_: @{x}')) &&
      callsElsewhere(filled('"_target_": "a.@{x}"')) &&
      callsElsewhere('class_path: *x'),
  );
  assert.not(callsElsewhere('_target_: a.b') || callsElsewhere(filled('target: @{x}')));
});

test.run();
