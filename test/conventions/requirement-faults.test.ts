import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { followRequirements, parseRequirements, requirementsText } from '#conventions/requirements.js';
import { inFolder } from '../support/model-folder.js';
import { missingPeer, peerPython } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';

/** Lines that pip takes. */
const TAKEN = [
  'numpy',
  'numpy==1.26.4',
  'numpy ==1.26.4, <2 ,!= 1.25.*',
  'numpy>=1,',
  'numpy (>=1.0,<2)',
  'numpy~=1.0rc1.post2.dev3',
  'numpy==1.0+cpu.1',
  'numpy===any/thing',
  'Torch[opt-einsum , x]>=2.0; python_version >= "3.8" and (sys_platform == \'linux\' or extra == "y")',
  'six ; os.name not in "nt posix"',
  'six;python_version<"4"',
  'six;',
  'six==1.16.0 --hash=sha256:abc --hash sha384:def',
  'six==1.16.0 \\\n    --hash=sha256:abc \\\n    # a comment\n',
  'six --config-settings "a=b c"',
  'x @ https://example.com/x-1.0-py3-none-any.whl',
  'x[a] @ git+https://example.com/x.git@v1 ; python_version > "3"',
  'https://example.com/x-1.0-py3-none-any.whl',
  'git+ssh://git@example.com/x.git#egg=x',
  '-e git+https://example.com/x.git#egg=x',
  '--editable=git+https://example.com/x.git#egg=x',
  '-i https://example.com/simple',
  '--index-url=https://example.com/simple --extra-index https://example.com/more',
  '--no-binary :all:',
  '--pre',
  '--no-index --find-links wheels',
  '--trusted-host example.com words between',
  '# only a comment',
  '\ufeffnumpy',
  'a.b-c_d==1!2.0',
];

/** Lines that pip refuses, and what is said of them. */
const REFUSED: Readonly<Record<string, string>> = {
  'numpy=1.26.4': "has '=1.26.4' after numpy, expected a comparison such as ==1.0 or >=1.0,<2",
  'numpy 1.26.4': "has '1.26.4' after numpy, expected a comparison such as ==1.0 or >=1.0,<2",
  'numpy=>1.0': "has '=>1.0' after numpy, expected a comparison such as ==1.0 or >=1.0,<2",
  'numpy==': "has '==' after numpy, expected a comparison such as ==1.0 or >=1.0,<2",
  'numpy~=1': "has '~=1' after numpy, expected a comparison such as ==1.0 or >=1.0,<2",
  'numpy>=1 <2': "has '<2' after a version, expected a comma or the end",
  'numpy>=1,,<2': "has ',<2' after a version, expected a comparison such as ==1.0 or >=1.0,<2",
  'numpy>=1.0[extra]': "has '[extra]' after a version, expected a comma or the end",
  'numpy==1.0 scipy': "has 'scipy' after a version, expected a comma or the end",
  'numpy scipy': "has 'scipy' after numpy, expected a comparison such as ==1.0 or >=1.0,<2",
  'numpy[extra': "has '[extra' after numpy, expected names of extras in brackets",
  'numpy[a b]': "has '[a b]' after numpy, expected names of extras in brackets",
  'numpy- ==1.0': "begins with 'numpy- ==1.0', expected the name of a package",
  '==1.0': "begins with '==1.0', expected the name of a package",
  'numpy \\ # note': "has '\\' after numpy, expected a comparison such as ==1.0 or >=1.0,<2",
  'import numpy': "has 'numpy' after import, expected a comparison such as ==1.0 or >=1.0,<2",
  'pip install numpy': "has 'install numpy' after pip, expected a comparison such as ==1.0 or >=1.0,<2",
  'numpy\t--hash=sha256:abc': "has '--hash=sha256:abc' after numpy, expected a comparison such as ==1.0 or >=1.0,<2",
  'numpy; python > "3"': `has the marker 'python > "3"', in which 'python > "3"' is not expected`,
  'numpy; python_version > 3': `has the marker 'python_version > 3', in which '3' is not expected`,
  'numpy; python_version': "has the marker 'python_version', which is not complete",
  'numpy; (os_name == "nt"': `has the marker '(os_name == "nt"', which is not complete`,
  'numpy; os_name == "nt")': `has the marker 'os_name == "nt")', in which ')' is not expected`,
  'x @': 'has no address after @',
  'x @ https://example.com/x.whl more': 'has more after its address, expected a marker behind a space and a semicolon',
  'https://example.com/x.whl': "names 'x.whl', which is not the name of a wheel",
  '-e https://example.com/x.zip':
    'makes an address editable (-e) that is not a repository, expected a directory or git+https://…',
  '-r': 'has nothing after -r',
  '--upgrade numpy': 'has the option --upgrade, which pip takes on its command line only, if at all',
  'numpy --no-deps': 'has the option --no-deps, which pip takes on its command line only, if at all',
  '-U numpy': 'has the option -U, which pip takes on its command line only, if at all',
  '--pre=yes': 'gives a value to --pre, which takes none',
  '--no x': 'has --no, which may be --no-index or --no-binary',
  'six --hash=md5:abc': "has the hash 'md5:abc', expected sha256:, sha384: or sha512: before it",
  '-i "https://example.com': 'has a quotation that does not end',
};

/** Lines of which versions of pip think differently. */
const SINCE = ['numpy>=1,', 'numpy=='];

const faultOf = (line: string): string | undefined => parseRequirements(line).find(({ fault }) => fault)?.fault;

test('lines that pip takes are taken, and those that it refuses are said to be', () => {
  for (const line of TAKEN) assert.is(faultOf(line), undefined, line);
  for (const [line, fault] of Object.entries(REFUSED)) assert.is(faultOf(line), fault, line);
});

test('versions that pip refuses since 24.1 are refused', () => {
  for (const line of ['numpy>=1.*', 'numpy==1.0-final', 'numpy<2.0+cpu', 'numpy==2004d.x'])
    assert.ok(faultOf(line), line);
});

test('a line with a variable of the environment is not judged, and no login is repeated', () => {
  assert.is(faultOf(['numpy==$', '{VERSION}'].join('')), undefined);
  assert.is(
    faultOf('x @ //https://user:hunter2@example.com/a/long/way/to/a/package'),
    "has '//https://***@example.com/a/long/way/to/…' after @, expected an address with its scheme",
  );
  assert.is(
    faultOf('numpy https://user:hunter2@example.com/x.whl'),
    "has an address after 'numpy' without an @ between them",
  );
});

test('a list that leads back to itself is refused where it does, once', async () => {
  const files: Record<string, string> = {
    'requirements.txt': 'six\n-r lists/more.txt\n-r lists/more.txt\n',
    'lists/more.txt': 'numpy\n-c ../requirements.txt\n',
  };
  const { refused } = await followRequirements('requirements.txt', {
    read: async (path) => files[path],
    has: (path) => path in files,
  });
  assert.equal(refused, [
    { file: 'lists/more.txt', line: 2, fault: 'leads back to requirements.txt, which names this file' },
  ]);
});

test('a byte order mark says UTF-16, either way round', () => {
  const text = 'numpy==1.26.4\r\n';
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');
  assert.is(requirementsText(little), text);
  assert.is(requirementsText(Buffer.from(little).swap16()), text);
  assert.is(requirementsText(Buffer.from(text)), text);
});

/** Reads each line as a file of requirements with pip's own reader, and prints whether it was taken. */
const ASK_PIP = `
import json, logging, sys
logging.disable(logging.CRITICAL)
from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import parse_requirements
def takes(line):
    with open("r.txt", "w", encoding="utf-8") as out: out.write(line)
    try:
        for parsed in parse_requirements("r.txt", session=PipSession()):
            install_req_from_parsed_requirement(parsed)
        return True
    except Exception:
        return False
print(json.dumps([takes(line) for line in json.load(sys.stdin)]))
`;

testUnless(
  missingPeer('torchserve'),
  test,
  'pip itself takes and refuses these lines',
  inFolder({}, async ({ path }) => {
    await mkdir(join(path, 'wheels'));
    await writeFile(join(path, 'ask.py'), ASK_PIP);
    const lines = [...TAKEN, ...Object.keys(REFUSED)].filter((line) => !SINCE.includes(line));
    const run = promisify(execFile)(peerPython('torchserve') ?? '', ['ask.py'], { cwd: path });
    run.child.stdin?.end(JSON.stringify(lines));
    const taken: boolean[] = JSON.parse((await run).stdout);
    const wrong = lines.filter((line, index) => taken[index] !== TAKEN.includes(line));
    assert.equal(wrong, []);
  }),
);

test.run();
