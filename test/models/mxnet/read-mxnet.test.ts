import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { readMxnetParams, readMxnetSymbol } from '#models/mxnet/read-mxnet.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { inFolder } from '../../support/model-folder.js';

const NODE = '{ "op": "null", "name": "data" }';
const graph = (nodes: string): string => `{ "nodes": ${nodes}, "arg_nodes": [0], "heads": [[0, 0, 0]] }`;

const SYMBOLS: readonly (readonly [text: string, fault: string | undefined])[] = [
  [graph(`[${NODE}]`), undefined],
  [graph('[]'), undefined],
  ['{', 'it is not JSON'],
  ['', 'it is not JSON'],
  ['[]', 'it is not a JSON object'],
  ['null', 'it is not a JSON object'],
  ['"nodes"', 'it is not a JSON object'],
  ['{}', 'it has no nodes, arg_nodes, heads'],
  ['{ "nodes": [], "heads": {} }', 'it has no arg_nodes, heads'],
  [graph('{}'), 'it has no nodes'],
  [graph('[1]'), 'a node has no op or name'],
  [graph('[null]'), 'a node has no op or name'],
  [graph(`[${NODE}, { "op": "null" }]`), 'a node has no op or name'],
  [graph('[{ "name": "data" }]'), 'a node has no op or name'],
];

const NOT_ARRAYS = 'does not begin like a list of MXNet arrays';
const PARAMS: readonly (readonly [hex: string, fault: string | undefined])[] = [
  ['1201000000000000', undefined],
  ['12010000000000000000000000000000', undefined],
  ['12010000000000', NOT_ARRAYS],
  ['', NOT_ARRAYS],
  ['1301000000000000', NOT_ARRAYS],
  ['1201000000000001', NOT_ARRAYS],
];

test(
  'symbols and parameters of MXNet, right and wrong',
  inFolder({}, async ({ path }) => {
    const mar = join(path, 'models.mar');
    const symbols = SYMBOLS.map(([data], index) => ({ name: `${index}-symbol.json`, data }));
    const params = PARAMS.map(([hex], index) => ({ name: `${index}.params`, data: Buffer.from(hex, 'hex') }));
    writeFileSync(mar, forgeZip([...symbols, ...params]));
    const archive = await openArchive(mar);
    try {
      for (const [index, [text, fault]] of SYMBOLS.entries()) {
        const entry = archive.get(`${index}-symbol.json`);
        assert.ok(entry);
        assert.is(await readMxnetSymbol(archive, entry), fault, text);
      }
      for (const [index, [hex, fault]] of PARAMS.entries()) {
        const entry = archive.get(`${index}.params`);
        assert.ok(entry);
        assert.is(await readMxnetParams(archive, entry), fault, hex);
      }
    } finally {
      await archive.close();
    }
  }),
);

test.run();
