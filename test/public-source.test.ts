import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publicSource, publicTarget } from '#public-source.js';

test('users, passwords and signatures of URLs are not shown; all else is as it was', () => {
  for (const [source, shown] of [
    ['a/b:c@d.mar', 'a/b:c@d.mar'],
    ['https://host/a.mar', 'https://host/a.mar'],
    ['https://user:pass@host/a@b.mar', 'https://***@host/a@b.mar'],
    ['HTTP://user@host:1/', 'HTTP://***@host:1/'],
    ['http:user:p@host/x', 'http:***@host/x'],
    ['https://u:p@q@host/x', 'https://***@host/x'],
    ['https://h/a?X-Amz-Signature=abc&versionId=3', 'https://h/a?X-Amz-Signature=***&versionId=3'],
    ['https://h/a?b=1?sig=2&SIG=x=y&token&', 'https://h/a?b=1?sig=2&SIG=***&token&'],
    ['https://h/a?', 'https://h/a?'],
    ['http://u:pa/ss@host/a.mar', 'http://***@host/a.mar'],
    ['http://u:pa?s@s@host/a.mar', 'http://***@host/a.mar'],
    ['http://u:p@[host/a.mar', 'http://***@[host/a.mar'],
    ['s3://user:pass@bucket/a.mar', 's3://***@bucket/a.mar'],
    [' http://user:pass@host/a.mar', ' http://***@host/a.mar'],
  ] as const)
    assert.is(publicSource(source), shown);
  for (const name of ['sig', 'access_token', 'Secret', 'passwd', 'password', 'X-Amz-Credential', 'apikey', 'auth'])
    assert.is(publicSource(`https://h/?${name}=1`), `https://h/?${name}=***`);
});

test('of the target of a request the sources that it names are shown in the same way', () => {
  for (const [target, shown] of [
    ['/models/x', '/models/x'],
    ['/models?url=a.mar&workers=1', '/models?url=a.mar&workers=1'],
    ['/models?x=1&url=https%3A%2F%2Fu%3Ap%40h%2Fa.mar', '/models?x=1&url=https://***@h/a.mar'],
    ['/models?url=https://h/a?sig=x&b=%zz', '/models?url=https://h/a?sig=***&b=%zz'],
    ['/models?url=https://u:p+q@h/a', '/models?url=https://***@h/a'],
    ['/models?url', '/models?url'],
    ['/models?', '/models?'],
  ] as const)
    assert.is(publicTarget(target), shown);
});

test.run();
