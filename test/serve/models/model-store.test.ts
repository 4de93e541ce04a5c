import { copyFile, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReadProgress } from '#index.js';
import { ModelStore } from '#serve/models/model-store.js';
import { type Folder, inFolder } from '../../support/model-folder.js';
import { recordingPath } from '../../support/recordings.js';
import { rejectsWith } from '../../support/rejects.js';
import { withWeb } from './downloading.js';

const ECHO = recordingPath('store/mms/echo.mar');
const OTHER = recordingPath('store/mms/batch.mar');

function storeIn(
  folder: Folder,
  settings: Partial<ConstructorParameters<typeof ModelStore>[0]> = {},
  signal = new AbortController().signal,
): ModelStore {
  const defaults = {
    modelStore: folder.path,
    maxDownloadSize: 1e6,
    allowedUrls: [],
    requestTimeoutSeconds: 1,
    cwd: folder.path,
    env: { NETRC: '/dev/null' },
  };
  return new ModelStore({ ...defaults, ...settings }, join(folder.path, 'run'), signal);
}

test(
  'one archive is unpacked once, under its address, and removed with its last user',
  inFolder({ 'run/': '' }, async (folder) => {
    await copyFile(ECHO, join(folder.path, 'a.mar'));
    await copyFile(ECHO, join(folder.path, 'b.mar'));
    const store = storeIn(folder);
    const first = await store.open('a.mar');
    const second = await store.open('b.mar');
    assert.is(first.dir, second.dir);
    assert.match(first.dir, /\/[0-9a-f]{64}$/);
    await first.release();
    assert.ok((await readdir(second.dir)).includes('echo.py'));
    await second.release();
    assert.equal(await readdir(join(folder.path, 'run')), []);
  }),
);

test(
  'a folder that was tampered with is not reused',
  inFolder({ 'run/': '' }, async (folder) => {
    await copyFile(ECHO, join(folder.path, 'a.mar'));
    const store = storeIn(folder);
    const first = await store.open('a.mar');
    await writeFile(join(first.dir, 'echo.py'), 'evil = True');
    const second = await store.open('a.mar');
    assert.is.not(first.dir, second.dir);
    assert.match(await readFile(join(second.dir, 'echo.py'), 'utf8'), /def handle/);
    await Promise.all([first.release(), second.release()]);
  }),
);

test(
  'an archive that is replaced while it is read is refused, and nothing is left',
  inFolder({ 'run/': '' }, async (folder) => {
    const path = join(folder.path, 'a.mar');
    const [echo, other] = await Promise.all([readFile(ECHO), readFile(OTHER)]);
    await writeFile(path, echo);
    const store = storeIn(folder);
    const opened = store.open('a.mar').then(
      (files) => files.release(),
      (error: unknown) => error,
    );
    await writeFile(path, other);
    const error = await opened;
    if (error !== undefined) assert.is((error as { code?: unknown }).code, 'ERR_MODEL_UNPACK');
    assert.equal(await readdir(join(folder.path, 'run')), []);
  }),
);

test(
  'the same archive may be opened and released by many at once',
  inFolder({ 'run/': '' }, async (folder) => {
    await copyFile(ECHO, join(folder.path, 'a.mar'));
    const store = storeIn(folder);
    const use = async (): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        const files = await store.open('a.mar');
        assert.ok((await readdir(files.dir)).includes('echo.py'));
        await files.release();
      }
    };
    await Promise.all(Array.from({ length: 8 }, use));
    assert.equal(await readdir(join(folder.path, 'run')), []);
  }),
);

test(
  'names never leave the model store',
  inFolder({ 'x/file': '', 'run/': '' }, async (folder) => {
    const store = storeIn(folder, { modelStore: join(folder.path, 'x') });
    for (const url of ['../run', 'a/../../run', '/etc/passwd', 'file:///etc/passwd', 'a\0b']) {
      await rejectsWith('ERR_MODEL_NOT_FOUND', () => store.open(url));
    }
  }),
);

test(
  'a download asks again with its ETag, and takes new content',
  inFolder({ 'run/': '' }, async (folder) => {
    const [echo, other] = await Promise.all([readFile(ECHO), readFile(OTHER)]);
    let etag = '"1"';
    const asked: (string | undefined)[] = [];
    const web = (request: IncomingMessage, response: ServerResponse): void => {
      asked.push(request.headers['if-none-match']);
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(200, { etag }).end(etag === '"1"' ? echo : other);
    };
    await withWeb(web, async (url) => {
      const store = storeIn(folder);
      const first = await store.open(`${url}/x.mar`);
      const second = await store.open(`${url}/x.mar`);
      assert.is(second.dir, first.dir);
      etag = '"2"';
      const third = await store.open(`${url}/x.mar`);
      assert.is.not(third.dir, first.dir);
      assert.equal(asked, [undefined, '"1"', '"1"']);
      await Promise.all([first, second, third].map((files) => files.release()));
    });
  }),
);

test(
  'a stalled download fails, and one under way ends with the server',
  inFolder({ 'run/': '' }, async (folder) => {
    const web = (_request: IncomingMessage, response: ServerResponse): void => {
      response.writeHead(200, { 'content-length': 5000 }).write('x');
    };
    await withWeb(web, async (url) => {
      const stalled = await rejectsWith('ERR_MODEL_DOWNLOAD', () => storeIn(folder).open(`${url}/x.mar`));
      assert.is(stalled.message, 'Nothing arrives any more.');
      const controller = new AbortController();
      const store = storeIn(folder, { requestTimeoutSeconds: 1000 }, controller.signal);
      const opened = store.open(`${url}/x.mar`);
      setTimeout(() => controller.abort(), 50);
      await rejectsWith('ERR_MODEL_DOWNLOAD', () => opened);
      assert.equal(await readdir(join(folder.path, 'run')), []);
    });
  }),
);

test(
  'a folder that somebody removed is unpacked again',
  inFolder({ 'run/': '' }, async (folder) => {
    await copyFile(ECHO, join(folder.path, 'a.mar'));
    const store = storeIn(folder);
    const first = await store.open('a.mar');
    await rm(first.dir, { recursive: true });
    const second = await store.open('a.mar');
    assert.ok((await readdir(second.dir)).includes('echo.py'));
    await Promise.all([first.release(), second.release()]);
  }),
);

test(
  'limits, allowed_urls and redirects of downloads',
  inFolder({ 'run/': '' }, async (folder) => {
    const web = ({ url }: IncomingMessage, response: ServerResponse): void => {
      if (url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (url === '/away') response.writeHead(302, { location: 'http://localhost:1/x.mar' }).end();
      else if (url === '/endless') {
        response.writeHead(200);
        response.write(Buffer.alloc(3000));
        response.on('drain', () => response.write(Buffer.alloc(3000)));
        response.write(Buffer.alloc(1e6));
      } else response.writeHead(200, { 'content-length': 5000 }).end(Buffer.alloc(5000));
    };
    await withWeb(web, async (url) => {
      const store = storeIn(folder, { maxDownloadSize: 2000, allowedUrls: [new RegExp(`^(?:${url}/.*)$`)] });
      for (const path of ['/large', '/endless']) {
        const error = await rejectsWith('ERR_MODEL_DOWNLOAD_SIZE', () => store.open(`${url}${path}`));
        assert.match(error.message, /larger than 2000 bytes/);
      }
      const loop = await rejectsWith('ERR_MODEL_DOWNLOAD', () => store.open(`${url}/loop`));
      assert.match(loop.message, /redirects more than/);
      await rejectsWith('ERR_URL_NOT_ALLOWED', () => store.open(`${url}/away`));
      await rejectsWith('ERR_URL_NOT_ALLOWED', () => store.open('http://127.0.0.1:1/x.mar'));
      assert.equal(await readdir(join(folder.path, 'run')), [], 'nothing is left of failed downloads');
    });
  }),
);

test(
  'downloading, unpacking and comparing are told of in bytes; without a listener nothing changes',
  inFolder({ 'run/': '' }, async (folder) => {
    const content = await readFile(ECHO);
    const store = storeIn(folder);
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      if (request.url === '/sized.mar') response.setHeader('content-length', content.length);
      response.write(content.subarray(0, 100));
      response.end(content.subarray(100));
    };
    await withWeb(answer, async (url) => {
      const heardOf = async (name: string): Promise<ReadProgress[]> => {
        const heard: ReadProgress[] = [];
        await store.open(`${url}/${name}`, { onProgress: (progress) => void heard.push({ ...progress }) });
        return heard;
      };
      const first = await heardOf('sized.mar');
      const [loaded, unpacked] = [first.filter(isDownload), first.filter((told) => !isDownload(told))];
      assert.is(loaded[0]?.path, `${url}/sized.mar`);
      assert.equal([loaded.at(-1)?.bytes, loaded.at(-1)?.totalBytes], [content.length, content.length]);
      assert.ok(unpacked.some(({ path }) => path === 'echo.py'));
      assert.is(unpacked.at(-1)?.bytes, unpacked.at(-1)?.totalBytes);
      const second = await heardOf('unsized.mar');
      assert.not(second.some(isDownload), 'a download of unknown size is not counted');
      assert.is(second[0]?.bytes, 0, 'the same content is compared, entry by entry');
      assert.is(second.at(-1)?.bytes, unpacked.at(-1)?.bytes);
    });
    function isDownload({ path }: ReadProgress): boolean {
      return path.startsWith('http:');
    }
  }),
);

test(
  'a place that cannot be written to is not a fault of the archive',
  inFolder({}, async (folder) => {
    await symlink('run', join(folder.path, 'run'));
    const store = storeIn(folder, { modelStore: recordingPath('store/mms') });
    const error = await rejectsWith('ERR_MODEL_SAVE', () => store.open('echo.mar'));
    assert.is(error.subject, 'echo.mar');
    assert.match(error.message, /\/run\/[0-9a-f]{64} cannot be written: ELOOP/);
  }),
);

test(
  'a directory that is served in place is held to what an archive is held to',
  inFolder({ 'm/MAR-INF/MANIFEST.json': '{}', 'm/service.py': '', 'outside.txt': 'x' }, async (folder) => {
    await symlink(join(folder.path, 'outside.txt'), join(folder.path, 'm', 'link.txt'));
    const error = await rejectsWith('ERR_MODEL_UNPACK', () => storeIn(folder).open('m'));
    assert.match(error.message, 'link.txt');
  }),
);

test.run();
