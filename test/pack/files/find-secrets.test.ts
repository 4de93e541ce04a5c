import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { looksSecret } from '#secrets/looks-secret.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

/** Put together here, so that no scanner takes this file for a leak. */
const GITHUB = `${'gh'}${'p_'}16C7e42F292c6912E7710c838347Ae178B4a`;
const KEY = [
  '-----BEGIN RSA PRIVATE',
  'KEY-----\nMIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun\n-----END RSA PRIVATE',
  'KEY-----\n',
].join(' ');

const FILES = {
  'm/service.py': 'def handle(d, c):\n    return d\n',
  'm/.env': 'X=1\n',
  'm/a-config.txt': `one\ntwo\ntoken: ${GITHUB}\n`,
  'm/z-key.txt': KEY,
  'm/plain.txt': 'nothing to see\n'.repeat(10),
  'm/url.txt': `${'postgres'}://me:sw0rdfi5h@db.example.org/x\n`,
  'm/weights.bin': Buffer.alloc(2 << 20, 65),
};

test(
  'credentials stop the build and are listed with file and line, but not shown',
  inFolder(FILES, async ({ path }) => {
    const options = { modelName: 'x', modelPath: 'm', handler: 'service:handle', cwd: path };
    const error = await rejectsWith('ERR_SECRETS', () => pack(options));
    assert.match(error.detail ?? '', /\.env: environment file/);
    assert.match(error.detail ?? '', /a-config\.txt:3: github credential/);
    assert.match(error.detail ?? '', /z-key\.txt:1: private key/);
    assert.match(error.detail ?? '', /url\.txt:1: /);
    assert.not.match(error.detail ?? '', /16C7e42F/);
    assert.not.match(error.detail ?? '', /plain/);
    const { entries } = await pack({ ...options, allowSecrets: true, dryRun: true });
    assert.ok(entries.some((entry) => entry.path === '.env'));
    await pack({ ...options, exclude: ['.env', '*-config.txt', '*-key.txt', 'url.txt'], dryRun: true });
  }),
);

test(
  'what was let through is said, and sources inside a compiled handler are looked at',
  inFolder(
    {
      'm/.env': 'X=1\n',
      'm/service.ts': "import { token } from '../lib/token.js';\nexport const handle = () => [token];\n",
      'lib/token.ts': `export const token = '${GITHUB}';\n`,
    },
    async ({ path }) => {
      const options = { modelName: 'x', modelPath: 'm', handler: 'service.ts', cwd: path, dryRun: true };
      const error = await rejectsWith('ERR_SECRETS', () => pack(options));
      assert.match(error.detail ?? '', /token\.ts:1: github credential/);
      const { warnings } = await pack({ ...options, allowSecrets: true });
      const said = warnings.filter(({ code }) => code === 'credential-packed').map(({ message }) => message);
      assert.is(said.length, 2);
      assert.match(said.join('\n'), /^\.env: environment file is packed\.$/m);
    },
  ),
);

test('text is held to be suspect exactly when the patterns that every credential fits say so', () => {
  const patterns = /(?<![\w+/=.~-])[\w+/=.~-]{16}|:\/\/[^\0-\x20@]*@|PRIVATE KEY/;
  const letter = fc.constantFrom('a', '9', '+', '/', ':', '@', ' ', '\n', '-', 'PRIVATE KEY', '://', 'é');
  const text = fc.array(letter, { maxLength: 60 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(text, (sample) => looksSecret(Buffer.from(sample)) === patterns.test(sample)),
    { numRuns: 2000 },
  );
  assert.not.ok(looksSecret(Buffer.from(`\0${GITHUB}`)));
});

test.run();
