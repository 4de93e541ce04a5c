import { posix, win32 } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { beside, inside } from '#inside.js';

test('the way to a path below, relative to the root or absolute', () => {
  assert.is(inside('/m', 'a/b.py', posix), 'a/b.py');
  assert.is(inside('/m', '/m/a/b.py', posix), 'a/b.py');
  assert.is(inside('/m/', './a/../b.py', posix), 'b.py');
  assert.is(inside('/', '/etc', posix), 'etc');
  assert.is(inside('/', '../../etc', posix), 'etc');
});

test('the root itself is the empty way', () => {
  for (const path of ['', '.', '/m', '/m/', 'a/..', '../m']) assert.is(inside('/m', path, posix), '', path);
});

test('names that begin with two dots are inside', () => {
  for (const path of ['..data', '..data/file', '...', '.../x', '..a', 'a/..b', '..\\x']) {
    assert.is(inside('/m', path, posix), path, path);
    assert.is(inside('/m', `/m/${path}`, posix), path, path);
  }
});

test('what leads out is not inside, neighbours whose names begin alike included', () => {
  for (const path of ['..', '../', '../x', 'a/../../x', '/', '/etc/passwd', '/mm', '/m.mar', '../mm/x', '..//x']) {
    assert.is(inside('/m', path, posix), undefined, path);
  }
});

test('a relative root is taken from the working directory', () => {
  assert.is(inside('.', 'x', posix), 'x');
  assert.is(inside('.', '../x', posix), undefined);
  assert.is(inside('', '', posix), '');
});

test('on Windows both separators count, another drive is outside and the way has forward slashes', () => {
  assert.is(inside('C:\\m', 'a\\b.py', win32), 'a/b.py');
  assert.is(inside('C:\\m', 'C:/m/a/b.py', win32), 'a/b.py');
  assert.is(inside('C:\\m', 'c:\\M\\a', win32), 'a');
  assert.is(inside('C:\\m', '..data\\x', win32), '..data/x');
  for (const path of ['D:\\m\\a', '..\\x', 'a/..\\../x', '\\\\server\\share\\x', '\\x', 'C:\\mm']) {
    assert.is(inside('C:\\m', path, win32), undefined, path);
  }
});

test('without another system given, it is this one', () => {
  assert.is(inside(process.cwd(), 'test'), 'test');
  assert.is(inside(process.cwd(), '..'), undefined);
});

test('what a file of an archive names lies beside it', () => {
  assert.is(beside('model.onnx', 'weights.bin'), 'weights.bin');
  assert.is(beside('a/model.onnx', './weights.bin'), 'a/weights.bin');
  assert.is(beside('a/model.onnx', '../..weights'), '..weights');
  assert.is(beside('a/b/model.onnx', '../../weights.bin'), 'weights.bin');
  assert.is(beside('a/model.onnx', ''), 'a');
  for (const path of ['../../x', '/x', '/a/x', '../../a/x']) assert.is(beside('a/model.onnx', path), undefined, path);
});

test.run();
