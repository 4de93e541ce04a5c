import { test } from 'uvu';
import { REMOTE_CODE_RULES } from '#check/rules/remote-code.js';
import { type Files, PYTHON_HANDLER, pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const python = (code: string, more: Files = {}): Files =>
  pythonFiles({ 'service.py': `${code}\n${PYTHON_HANDLER}`, ...more });
const FOREIGN = '{"auto_map": {"AutoModel": "someone/x--m.Net"}}';
const TRUSTS =
  'from transformers import AutoModel\ndef f(d):\n    AutoModel.from_pretrained(d, trust_remote_code=True)';
const NAMED = (path: string, name = 'someone/x--m.Net'): string =>
  `${path} names code of another repository: ${name} @ ${path}`;

await tellRules(REMOTE_CODE_RULES, [
  ['code that is not trusted', python('x = 1', { 'config.json': FOREIGN }), [`MAR341 ${NAMED('config.json')}`]],
  ['code that is trusted', python(TRUSTS, { 'model/config.json': FOREIGN }), [`MAR340 ${NAMED('model/config.json')}`]],
  [
    'the same of a tokenizer, by a dictionary of arguments',
    python('KW = {"trust_remote_code": True}', {
      'tokenizer_config.json': '{"auto_map": {"AutoTokenizer": ["a/b--t.T", null]}}',
    }),
    [`MAR340 ${NAMED('tokenizer_config.json', 'a/b--t.T')}`],
  ],
  [
    'trust that is refused',
    python('KW = {"trust_remote_code": False}', { 'config.json': FOREIGN }),
    [`MAR341 ${NAMED('config.json')}`],
  ],
  [
    'code of the archive itself, and configurations that say nothing of any',
    python(TRUSTS, {
      'config.json': '{"auto_map": {"AutoModel": "m.Net"}}',
      'm.py': '',
      'a_config.json': '{"auto_map": "a--b"}',
      'b_config.json': '[]',
      'c_config.json': '{',
      'd_config.json': `{"auto_map": {"x": "a--b"}, "y": "${'z'.repeat(1024 * 1024)}"}`,
    }),
    [],
  ],
  [
    'repositories that the handler names',
    python(
      'import torch\nfrom transformers import AutoModel\ndef f():\n    torch.hub.load("someone/x", "net")\n    AutoModel.from_pretrained("a/b", trust_remote_code=True)',
    ),
    [
      'MAR341 service.py may run code of a repository: torch.hub.load @ service.py 4:5',
      'MAR341 service.py may run code of a repository: transformers.AutoModel.from_pretrained of a/b @ service.py 5:5',
    ],
  ],
  [
    'folders, and repositories without code',
    python(
      'import torch\nfrom transformers import AutoModel\ndef f(d):\n    torch.hub.load(d, "net", source="local")\n    AutoModel.from_pretrained("a/b")\n    AutoModel.from_pretrained("./b", trust_remote_code=True)',
    ),
    [],
  ],
]);

test.run();
