import { normalizedName } from '#conventions/requirement-line.js';
import { DISTRIBUTIONS, PYTHON2_MODULES, PYTHON3_MODULES } from '#handler/python/stdlib.js';
import type { Target } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

/** Packages that a server's own environment always holds. */
const SERVER_PACKAGES: Readonly<Record<Target, readonly string[]>> = {
  local: [],
  mms: ['mms', 'model_archiver', 'PIL', 'psutil', 'future', 'builtins'],
  torchserve: ['ts', 'torch', 'numpy', 'PIL', 'psutil', 'packaging', 'typing_extensions'],
  sagemaker: ['mms', 'sagemaker_inference', 'numpy', 'PIL', 'psutil'],
};

/** Whether requirements name a package that carries a module: its own, or a variant (`opencv-python-headless`, `onnxruntime-gpu`). */
function isRequired(module: string, names: ReadonlySet<string>): boolean {
  const own = normalizedName(DISTRIBUTIONS.get(module) ?? module);
  const family = own.replace(/-(python|cpu)$/, '');
  return names.has(own) || [...names].some((name) => name.startsWith(`${family}-`));
}

/** MAR320 to MAR323: what a Python handler imports. */
export const PYTHON_IMPORT_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR320',
    name: 'import-not-packed',
    severity: 'note',
    summary: 'the handler imports a package that neither the archive nor its requirements carry',
    why: 'It loads only where somebody has installed that package on the server by hand.',
    remedy:
      'List it in requirements.txt at the top of the archive (TorchServe reads it only where it is packed with `--requirements-file`, and installs it with install_py_dep_per_model=true), put it into the archive, or into the server image.',
    example: {
      failing: 'import pandas  # no requirements.txt',
      passing: 'import pandas  # requirements.txt: pandas==2.2.3',
    },
    needs: ['python', 'requirements', 'manifest'],
    *check({ python, requirements, manifest }) {
      if (manifest.runtime === 'python2') return;
      const said = new Set<string>();
      for (const found of python.analysis.module.imports) {
        const top = found.module.split('.')[0] ?? '';
        if (found.level > 0 || found.optional || top === '' || PYTHON3_MODULES.has(top) || PYTHON2_MODULES.has(top))
          continue;
        if (python.siblings.has(top) || isRequired(top, requirements.names)) continue;
        if (said.has(top)) continue;
        said.add(top);
        const targets = (Object.keys(SERVER_PACKAGES) as Target[]).filter(
          (target) => !SERVER_PACKAGES[target].includes(top),
        );
        yield {
          message: `${python.entry} imports ${top}, which is not packed`,
          ...python.show(found),
          found: top,
          targets,
        };
      }
    },
  }),
  defineRule({
    id: 'MAR321',
    name: 'python2-module',
    severity: 'error',
    summary: 'the handler imports a module that Python 3 no longer has',
    why: 'The import fails under `python` and `python3`, so no worker starts.',
    remedy: 'Import what took its place.',
    example: { failing: 'import cPickle', passing: 'import pickle' },
    needs: ['python', 'manifest'],
    *check({ python, manifest }) {
      if (manifest.runtime === 'python2') return;
      for (const found of python.analysis.module.imports) {
        const successor = PYTHON2_MODULES.get(found.module.split('.')[0] ?? '');
        if (successor !== undefined && !found.optional && found.level === 0 && !python.siblings.has(found.module))
          yield {
            message: `Python 3 has no module ${found.module}`,
            ...python.show(found),
            found: found.module,
            expected: successor,
          };
      }
    },
  }),
  defineRule({
    id: 'MAR322',
    name: 'relative-import',
    severity: 'error',
    summary: 'the handler module imports relative to a package, and it is in none',
    why: 'The servers import the handler by its bare name: `from . import x` then fails with "attempted relative import with no known parent package".',
    remedy: 'Write `import x`: the model directory is on the path.',
    example: { failing: 'from .preprocess import resize', passing: 'from preprocess import resize' },
    needs: ['python'],
    *check({ python }) {
      if (python.entry.endsWith('/__init__.py')) return;
      for (const found of python.analysis.module.imports)
        if (found.level > 0 && !found.optional)
          yield { message: `${python.entry} is not part of a package`, ...python.show(found) };
    },
  }),
  defineRule({
    id: 'MAR323',
    name: 'module-shadowed',
    severity: 'warning',
    summary: 'a file of the archive has the name of a standard module',
    why: 'The model directory comes first on the path: whoever imports that module, the server included, gets your file.',
    remedy: 'Rename the file.',
    example: { failing: 'json.py beside service.py', passing: 'json_tools.py' },
    needs: ['python', 'archive'],
    *check({ python, archive }) {
      for (const { path } of archive.entries) {
        const name = /^([^/]+)\.py$/.exec(path)?.[1];
        if (name !== undefined && path !== python.entry && PYTHON3_MODULES.has(name))
          yield { message: `${path} hides the standard module ${name}`, at: { entry: path } };
      }
    },
  }),
];
