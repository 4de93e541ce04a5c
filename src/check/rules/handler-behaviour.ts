import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { PROVIDED_MODULES } from '#conventions/provided-modules.js';
import { withArticle } from '#handler/contract/never-a-list.js';
import { providedVersion } from '#handler/provided.js';
import { didYouMean } from '#nearest.js';
import { defineRule, type Rule } from '../rule.js';

const NODE_MODULES = new Set(builtinModules);
const PYTHON = 'def handle(data, context):\n    if data is None:\n        return None\n    return ["ok"] * len(data)';

/** MAR310 to MAR318: what the handler does when it is loaded and called, as far as that can be seen. */
export const BEHAVIOUR_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR310',
    name: 'handler-always-fails',
    severity: 'error',
    summary: 'the call that loads the handler can only fail',
    why: 'A function handler is called once while loading, and a class is created: an exception there means 500 "Failed to start workers" (507 for a MemoryError), again and again.',
    remedy: 'Remove the `raise` or exit, or put it behind the condition that was meant.',
    example: { failing: 'def handle(data, context):\n    raise RuntimeError("Initialize failure.")', passing: PYTHON },
    needs: ['python', 'entryPoint'],
    *check({ python, entryPoint }) {
      if (entryPoint.kind !== 'found') return;
      const creation = entryPoint.service?.methods.find((method) => method.name === '__init__');
      const fault = entryPoint.service ? creation?.alwaysFails : entryPoint.python?.alwaysFails;
      if (fault)
        yield { message: `the call that loads the handler reaches \`${fault.message}\``, ...python.show(fault) };
      const needed = creation?.parameters
        .slice(1)
        .filter((one) => /^(?:positional|keyword)$/.test(one.kind) && !one.hasDefault);
      if (creation && needed?.[0])
        yield {
          message: `the class ${entryPoint.service?.name} is created without arguments, and its __init__ needs ${needed.map(({ name }) => name).join(', ')}`,
          ...python.show(creation),
        };
    },
  }),
  defineRule({
    id: 'MAR311',
    name: 'initialize-always-fails',
    severity: { local: 'warning', mms: 'warning', torchserve: 'error', sagemaker: 'warning' },
    summary: '`initialize` can only fail',
    why: 'Multi Model Server logs the exception and serves with a service that is not initialized (recorded); TorchServe gives up on the worker.',
    remedy: 'Remove the `raise`, or put it behind the condition that was meant.',
    example: {
      failing: 'def initialize(self, context):\n    raise RuntimeError("cannot initialize")',
      passing: 'def initialize(self, context):\n    self.model = load(context)',
    },
    needs: ['python', 'entryPoint'],
    *check({ python, entryPoint }) {
      const service = entryPoint.kind === 'found' ? entryPoint.service : undefined;
      const fault = service?.methods.find((method) => method.name === 'initialize')?.alwaysFails;
      if (fault) yield { message: `every call reaches \`${fault.message}\``, ...python.show(fault) };
    },
  }),
  defineRule({
    id: 'MAR312',
    name: 'module-never-loads',
    severity: 'error',
    summary: 'the top of the handler module throws, exits or never ends',
    why: 'Importing the module is the first thing a worker does; this one never gets past it.',
    remedy: 'Move the statement into a function; in Python also behind `if __name__ == "__main__"`.',
    example: {
      failing: 'process.exit(1);\nexport function handle() {}',
      passing: 'export function handle(batch) { return batch.map(() => 1); }',
    },
    needs: ['handlerFaults'],
    *check({ handlerFaults }) {
      for (const { message, shown } of handlerFaults.blocking) yield { message, ...shown };
    },
  }),
  defineRule({
    id: 'MAR313',
    name: 'result-not-a-list',
    severity: 'error',
    summary: 'the entry point never returns a list',
    why: 'A batch of N requests must be answered with a list of N results. Both servers answer anything else with 503 "Invalid model predict output".',
    remedy: 'Return a list with one result per request of the batch.',
    example: {
      failing: 'def handle(data, context):\n    if data is None:\n        return None\n    return {"label": "cat"}',
      passing: PYTHON,
    },
    needs: ['entryPoint'],
    *check({ entryPoint }) {
      if (entryPoint.kind !== 'found') return;
      const { name, neverAList: wrong, shown, show } = entryPoint;
      if (wrong === undefined) return;
      const kind = wrong === 'nothing' ? wrong : wrong.kind;
      yield {
        message: `${name} returns ${wrong === 'nothing' ? wrong : withArticle(kind)}, not a list`,
        ...(wrong === 'nothing' ? shown : show(wrong)),
        found: kind,
        expected: 'list',
      };
    },
  }),
  defineRule({
    id: 'MAR314',
    name: 'result-sometimes-not-a-list',
    severity: 'warning',
    summary: 'one path through the entry point returns something other than a list',
    why: 'Requests that take it are answered with 503 "Invalid model predict output".',
    remedy: 'Return a list with one result per request on every path.',
    example: { failing: 'if failed:\n    return "error"', passing: 'if failed:\n    return ["error"] * len(data)' },
    needs: ['entryPoint'],
    *check({ entryPoint }) {
      if (entryPoint.kind !== 'found') return;
      const values = entryPoint.returns.filter((found) => found.kind !== 'none');
      if (!values.some((found) => found.kind === 'list' || found.kind === 'unknown')) return;
      for (const value of values.filter((found) => found.kind !== 'list' && found.kind !== 'unknown').slice(0, 3))
        yield {
          message: `${entryPoint.name} returns ${withArticle(value.kind)} here`,
          ...entryPoint.show(value),
          found: value.kind,
          expected: 'list',
        };
    },
  }),
  defineRule({
    id: 'MAR315',
    name: 'result-length-fixed',
    severity: 'note',
    summary: 'the entry point returns as many results as are written down, whatever the batch',
    why: 'It works while the batch size is that number (1 unless set); in a larger batch both servers answer 503 "number of batch response mismatched".',
    remedy: 'Build the list from the batch: one result per request.',
    example: { failing: 'return ["ok"]', passing: 'return ["ok" for row in data]' },
    needs: ['entryPoint'],
    *check({ entryPoint }) {
      if (entryPoint.kind !== 'found') return;
      const values = entryPoint.returns.filter((found) => found.kind !== 'none');
      const last = values.at(-1);
      if (last?.length !== undefined && values.every((found) => found.length !== undefined))
        yield {
          message: `${entryPoint.name} always returns ${last.length} result${last.length === 1 ? '' : 's'}`,
          ...entryPoint.show(last),
        };
    },
  }),
  defineRule({
    id: 'MAR316',
    name: 'import-unresolved',
    severity: 'error',
    summary: 'the handler imports a module that is neither in the archive nor provided by the runner',
    why: 'A worker has only the archive and what the runner brings: the import fails, and with it the load.',
    remedy:
      'Build with `mar build`, which bundles npm packages and local files; what cannot be bundled is packed by a line in `.marignore`.',
    example: { failing: 'import _ from "lodash"; // not bundled', passing: 'import sharp from "sharp"; // provided' },
    needs: ['script', 'archive'],
    *check({ script, archive }) {
      for (const found of script.analysis.imports) {
        const { specifier, optional, line, column } = found;
        if (
          optional ||
          specifier.startsWith('node:') ||
          NODE_MODULES.has(specifier) ||
          PROVIDED_MODULES.includes(specifier)
        )
          continue;
        const path = new URL(specifier, `file:///${script.entry}`).pathname.slice(1);
        if (/^\.{0,2}\//.test(specifier) && archive.get(decodeURI(path))) continue;
        const packed = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
        if (archive.get(posix.join(posix.dirname(script.entry), `node_modules/${packed}/package.json`))) continue;
        yield {
          message: `cannot find the module '${specifier}'${didYouMean(specifier, PROVIDED_MODULES)}`,
          ...script.map.show(line, column),
          found: specifier,
          expected: `a file of the archive, a module of Node, or ${PROVIDED_MODULES.join(', ')}`,
        };
      }
    },
  }),
  defineRule({
    id: 'MAR317',
    name: 'provided-module-version',
    severity: { local: 'error' },
    summary: 'the handler was compiled against another major version of a provided module',
    why: 'Such modules are not in the archive: the handler meets the version of this runner, with another interface.',
    remedy: 'Build the archive again with this version of the archiver.',
    example: { failing: '"provided": { "sharp": "0.20.0" }', passing: '"provided" as `mar build` writes it' },
    needs: ['manifest'],
    *check({ manifest }) {
      const provided = manifest.archiver['provided'];
      for (const [name, version] of Object.entries(typeof provided === 'object' && provided !== null ? provided : {})) {
        const at = manifest.at('/model/extensions/modelArchiver/provided');
        const ours = PROVIDED_MODULES.includes(name) ? providedVersion(name) : undefined;
        if (ours === undefined)
          yield {
            message: `the runner does not provide '${name}'${didYouMean(name, PROVIDED_MODULES)}`,
            at,
            found: name,
            expected: PROVIDED_MODULES.join(', '),
          };
        else if (typeof version === 'string' && breaking(version) !== breaking(ours))
          yield {
            message: `the handler needs ${name} ${version}, and this runner has ${ours}`,
            at,
            found: version,
            expected: ours,
          };
      }
    },
  }),
  defineRule({
    id: 'MAR318',
    name: 'source-map-broken',
    severity: 'warning',
    summary: "the handler's source map is missing or cannot be read",
    why: 'Errors then point into the compiled module instead of your own source.',
    remedy: 'Build the archive again.',
    example: { failing: 'service.mjs.map with half its bytes', passing: 'service.mjs.map as `mar build` wrote it' },
    needs: ['script', 'manifest', 'archive'],
    *check({ script, manifest, archive }) {
      const recorded = (manifest.archiver['handler'] as { sourceMap?: unknown } | undefined)?.sourceMap;
      const missing = typeof recorded === 'string' && !archive.get(recorded);
      if (missing) yield { message: `the source map ${recorded} is not in the archive`, at: { entry: script.entry } };
      else if (!script.map.readable) yield { message: 'the source map cannot be read', at: { entry: script.entry } };
    },
  }),
];

/** What semantic versioning compares: the first number that is not zero. */
function breaking(version: string): string {
  const [major = '0', minor = '0'] = version.split('.');
  return major === '0' ? `0.${minor}` : major;
}
