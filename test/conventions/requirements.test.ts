import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { followRequirements, parseRequirements } from '#conventions/requirements.js';

/** Follows `requirements.txt` among these files. */
function follow(files: Readonly<Record<string, string>>) {
  return followRequirements('requirements.txt', {
    read: async (path) => files[path],
    has: (path) => Object.keys(files).some((file) => file === path || file.startsWith(`${path}/`)),
  });
}

const paths = (text: string) => parseRequirements(text).map(({ path }) => path);
const names = (text: string) => parseRequirements(text).map(({ name }) => name);

test('every form that names a file is read as pip reads it', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['-r other.txt', 'other.txt'],
    ['-rother.txt', 'other.txt'],
    ['--requirement other.txt', 'other.txt'],
    ['--requirement=other.txt  # the rest', 'other.txt'],
    ['-c "constraints 1.txt"', 'constraints 1.txt'],
    ['--constraint constraints.txt', 'constraints.txt'],
    ['-e ./package[extra]', './package'],
    ['--find-links=wheels', 'wheels'],
    ['./x-1.0-py3-none-any.whl', './x-1.0-py3-none-any.whl'],
    ['x-1.0-py3-none-any.whl', 'x-1.0-py3-none-any.whl'],
    ['wheels/x-1.0.tar.gz ; python_version > "3"', 'wheels/x-1.0.tar.gz'],
    ['./x-1.0-py3-none-any.whl --hash=sha256:abc', './x-1.0-py3-none-any.whl'],
    ['file:x%201.whl', 'x 1.whl'],
    ['file:///opt/x-1.0-py3-none-any.whl#egg=x', '/opt/x-1.0-py3-none-any.whl'],
    ['x @ file:./x-1.0-py3-none-any.whl', './x-1.0-py3-none-any.whl'],
    ['-r \\\n  other.txt', 'other.txt'],
    ['.', '.'],
  ];
  for (const [line, path] of forms) assert.equal(paths(line), [path], line);
});

test('packages, addresses, options and variables of the environment name no file', () => {
  for (const line of [
    'six==1.16.0',
    'torch>=2,<3 ; sys_platform != "win32"',
    'x[extra]~=1.0',
    'x @ https://example.com/x-1.0-py3-none-any.whl',
    'git+https://example.com/x.git@v1#egg=x',
    '-r https://example.com/r.txt',
    '--find-links https://example.com/wheels',
    '--index-url https://example.com/simple',
    ['-r $', '{WHERE}/r.txt'].join(''),
    '# -r other.txt',
  ])
    assert.equal(paths(line).filter(Boolean), [], line);
});

test('a distribution has the name that PyPI knows, from a wheel too', () => {
  assert.equal(names('Scikit_Learn==1.5 # pinned'), ['scikit-learn']);
  assert.equal(names('./my_tools-1.0-py3-none-any.whl'), ['my-tools']);
  assert.equal(names('https://example.com/My.Tools-1.0-cp311-cp311-linux_x86_64.whl'), ['my-tools']);
  assert.equal(names('My-Tools @ file:./x.whl'), ['my-tools']);
  assert.equal(names('dist/my-tools-1.0.tar.gz'), ['my-tools']);
});

test('lists are followed from where they lie, once; a constraint installs nothing', async () => {
  const { names, missing } = await follow({
    'requirements.txt': '-r lists/more.txt\n-c lists/bounds.txt\n./w/a-1.0-py3-none-any.whl\n',
    'lists/more.txt': 'numpy\n-r ../requirements.txt\n-r gone.txt\n./w/b-1.0-py3-none-any.whl\n',
    'lists/bounds.txt': 'pandas<3\n',
    'w/a-1.0-py3-none-any.whl': '',
  });
  assert.equal([...names].sort(), ['a', 'numpy']);
  assert.equal(missing, [
    { file: 'lists/more.txt', line: 3, named: 'gone.txt' },
    { file: 'lists/more.txt', line: 4, named: './w/b-1.0-py3-none-any.whl' },
  ]);
});

test('what leaves the archive is missing', async () => {
  const { missing } = await follow({ 'requirements.txt': '../x-1-py3-none-any.whl\n/opt/y-1-py3-none-any.whl\n' });
  assert.equal(
    missing.map(({ named }) => named),
    ['../x-1-py3-none-any.whl', '/opt/y-1-py3-none-any.whl'],
  );
});

test.run();
