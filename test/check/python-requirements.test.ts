import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack, validate } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { type Files, PYTHON_HANDLER, pythonFiles, zip } from './sample-archives.js';

/** Findings of one rule on an archive of these files, for every target that may install its requirements. */
async function findings(folder: string, rule: string, files: Files) {
  const path = join(folder, 'x.mar');
  writeFileSync(path, zip(files));
  const { archives } = await validate([path], { target: ['local', 'torchserve', 'sagemaker', 'mms'] });
  return (archives[0]?.findings ?? []).filter((finding) => finding.rule === rule);
}

test(
  'a file that the requirements name must be packed, wherever the list lies that names it',
  inFolder({}, async ({ path }) => {
    const lists = {
      'lists/all.txt': 'six\n-r more.txt\n-c bounds.txt\n',
      'lists/more.txt': './gone-1.0-py3-none-any.whl\n',
    };
    const found = await findings(path, 'MAR227', pythonFiles(lists, { requirementsFile: 'lists/all.txt' }));
    assert.equal(
      found.map(({ message, at }) => [message, at?.entry, at?.line]),
      [
        ['lists/all.txt names bounds.txt, which is not in the archive', 'lists/all.txt', 3],
        ['lists/more.txt names ./gone-1.0-py3-none-any.whl, which is not in the archive', 'lists/more.txt', 1],
      ],
    );
    const levels = { local: 'warning', torchserve: 'error', sagemaker: 'error', mms: 'warning' };
    assert.equal(found[0]?.targets, levels);
    const { torchserve: _, ...others } = levels;
    const unnamed = await findings(path, 'MAR227', pythonFiles({ 'requirements.txt': '-r gone.txt\n' }));
    assert.equal(
      unnamed.map(({ targets }) => targets),
      [others],
      'TorchServe reads no file that the manifest does not name',
    );
  }),
);

test(
  'an import is said once, and not where a packed wheel or a list of a list brings it',
  inFolder({}, async ({ path }) => {
    const imports = `import my_tools\nimport my_tools.deep\nfrom my_tools import x\n${PYTHON_HANDLER}`;
    const files = pythonFiles({ 'service.py': imports });
    assert.is((await findings(path, 'MAR320', files)).length, 1);
    const wheel = { 'requirements.txt': './my_tools-1.0-py3-none-any.whl\n' };
    assert.is((await findings(path, 'MAR320', { ...files, ...wheel })).length, 1, 'a wheel that is not there');
    const packed = { ...files, ...wheel, 'my_tools-1.0-py3-none-any.whl': 'PK' };
    assert.is((await findings(path, 'MAR320', packed)).length, 0);
    const listed = { ...files, 'requirements.txt': '-r base.txt\n', 'base.txt': 'My-Tools==1.0\n' };
    assert.is((await findings(path, 'MAR320', listed)).length, 0);
  }),
);

test(
  'the build warns of it too',
  inFolder(
    { 'm/service.py': PYTHON_HANDLER, 'm/requirements.txt': 'six\n-r gone.txt\n', 'm/reqs.txt': './x-1.0.tar.gz\n' },
    async ({ path }) => {
      const warnings = async (requirementsFile?: string) => {
        const named = requirementsFile === undefined ? {} : { requirementsFile };
        const options = { modelName: 'm', modelPath: 'm', handler: 'service.py', cwd: path, dryRun: true, ...named };
        const found = (await pack(options)).warnings.filter(({ code }) => code === 'requirement-not-packed');
        return found.map(({ message }) => message.split(':').slice(0, 2).join(':'));
      };
      assert.equal(await warnings(), ['requirements.txt:2 names gone.txt, which is not packed']);
      assert.equal(await warnings('m/reqs.txt'), ['reqs.txt:1 names ./x-1.0.tar.gz, which is not packed']);
    },
  ),
);

test.run();
