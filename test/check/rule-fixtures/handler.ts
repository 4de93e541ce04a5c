import { providedVersion } from '#handler/provided.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { PYTHON_HANDLER, pythonFiles, SCRIPT_HANDLER, scriptFiles } from '../sample-archives.js';
import { good, handler, type RuleFixture, script } from './fixture.js';

const HARMLESS = Buffer.from('\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01.', 'latin1');

const STATE_DICT = forgeZip([
  { name: 'state/data.pkl', data: HARMLESS },
  { name: 'state/version', data: '3' },
]);

/** Fixtures of the rules about handlers and what they import. */
export const HANDLER_FIXTURES: Readonly<Record<string, RuleFixture>> = {
  MAR301: { fires: pythonFiles({ 'service.py': undefined, 'servce.py': PYTHON_HANDLER }), silent: good },
  MAR302: { fires: handler('def handle(data, context)\n    return []\n'), silent: good },
  MAR303: { fires: handler(`print "hello"\n${PYTHON_HANDLER}`), silent: handler(`print("hello")\n${PYTHON_HANDLER}`) },
  MAR304: { fires: pythonFiles({}, { handler: 'service:handel' }), silent: good },
  MAR305: { fires: script('export const handle = { top: 5 };\n'), silent: scriptFiles() },
  MAR306: { fires: handler('def handle(data):\n    return list(data or [])\n'), silent: good },
  MAR307: { fires: handler('async def handle(data, context):\n    return data and list(data)\n'), silent: good },
  MAR308: {
    fires: handler('class Service(object):\n    def handle(self, data, context):\n        return list(data)\n'),
    silent: handler(
      'class Service(object):\n    def initialize(self, context):\n        pass\n    def handle(self, data, context):\n        return list(data)\n',
    ),
  },
  MAR309: { fires: handler('def handle(data, context):\n    return [row["body"] for row in data]\n'), silent: good },
  MAR310: {
    fires: handler(
      'def handle(data, context):\n    if not data:\n        raise RuntimeError("no")\n    return list(data)\n',
    ),
    silent: handler(
      'def handle(data, context):\n    if data is None:\n        return None\n    raise RuntimeError("no")\n',
    ),
  },
  MAR311: {
    fires: handler(
      'class S:\n    def initialize(self, context):\n        raise ValueError("x")\n    def handle(self, data, context):\n        return list(data)\n',
    ),
    silent: handler(
      'class S:\n    def initialize(self, context):\n        if context is None:\n            raise ValueError("x")\n    def handle(self, data, context):\n        return list(data)\n',
    ),
  },
  MAR312: {
    fires: script(`process.exit(1);\n${SCRIPT_HANDLER}`),
    silent: script(`if (process.env.X) process.exitCode = 1;\n${SCRIPT_HANDLER}`),
  },
  MAR313: { fires: script('export function handle() {\n  return { label: "cat" };\n}\n'), silent: scriptFiles() },
  MAR314: {
    fires: script('export function handle(b) {\n  if (!b) return "no";\n  return b.map(String);\n}\n'),
    silent: scriptFiles(),
  },
  MAR315: { fires: script('export function handle() {\n  return ["ok"];\n}\n'), silent: scriptFiles() },
  MAR316: {
    fires: script(`import _ from "lodash";\n${SCRIPT_HANDLER}`),
    silent: scriptFiles({
      'service.mjs': `import fs from "node:fs";\nimport sharp from "sharp";\nimport fast from "@own/fast/quick";\n${SCRIPT_HANDLER}`,
      'node_modules/@own/fast/package.json': '{}',
    }),
  },
  MAR317: {
    fires: scriptFiles({}, { provided: { sharp: '0.1.0' } }),
    silent: scriptFiles({}, { provided: { sharp: providedVersion('sharp') } }),
  },
  MAR318: {
    fires: scriptFiles({ 'service.mjs.map': '{"version":3,' }),
    silent: scriptFiles({ 'service.mjs.map': '{"version":3,"sources":["service.ts"],"mappings":"AAAA"}' }),
  },
  MAR319: {
    fires: pythonFiles({ 'service.py': undefined, 'model.pt': STATE_DICT }, { handler: 'image_classifier' }),
    silent: pythonFiles({ 'image_classifier.py': PYTHON_HANDLER }, { handler: 'image_classifier' }),
  },
  MAR320: {
    fires: handler(`import pandas\n${PYTHON_HANDLER}`),
    silent: pythonFiles({
      'service.py': `import os, pandas, tools\n${PYTHON_HANDLER}`,
      'requirements.txt': 'Pandas==2.2\n',
      'tools/__init__.py': '',
    }),
  },
  MAR321: {
    fires: handler(`import cPickle\n${PYTHON_HANDLER}`),
    silent: handler(`try:\n    import cPickle\nexcept ImportError:\n    import pickle\n${PYTHON_HANDLER}`),
  },
  MAR322: {
    fires: handler(`from .tools import x\n${PYTHON_HANDLER}`),
    silent: pythonFiles({ 'service.py': `from tools import x\n${PYTHON_HANDLER}`, 'tools.py': 'x = 1\n' }),
  },
  MAR323: { fires: pythonFiles({ 'json.py': '' }), silent: pythonFiles({ 'json_tools.py': '' }) },
  MAR324: {
    fires: handler(PYTHON_HANDLER.replace('return', 'context.get_header(0, "accept")\n    return')),
    silent: handler(PYTHON_HANDLER.replace('return', 'context.get_request_header(0, "accept")\n    return')),
  },
  MAR325: {
    fires: handler(
      'class S:\n    def handle(self, data, context):\n        return list(data)\n    def get_insights(self, data):\n        return data\n',
    ),
    silent: good,
  },
  MAR326: {
    fires: handler(PYTHON_HANDLER.replace('["ok"] * len(data)', '[sum(one["body"]) for one in data]')),
    silent: handler(PYTHON_HANDLER.replace('["ok"] * len(data)', '[sum(json.loads(one["body"])) for one in data]')),
  },
};
