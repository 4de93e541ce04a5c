/** What coverage writes, in one line: it begins to measure where the environment says so. */
const WRITTEN_BY_COVERAGE =
  /^import sys; exec\('import os\\n\\nif os\.getenv\("COVERAGE_PROCESS_START"\)(?: or os\.getenv\("COVERAGE_PROCESS_CONFIG"\))?:\\n try:\\n {2}import coverage\\n except:\\n {2}pass\\n else:\\n {2}coverage\.process_startup\((?:slug="pth")?\)'\)\s*$/;

/** What setuptools writes into `.pth` files: packages in several places, and its own distutils. */
const WRITTEN_BY_SETUPTOOLS: readonly RegExp[] = [
  /^import (?:sys, ?types, ?os|os)$/,
  /^has_mfs = sys\.version_info > \(3, ?5\)$/,
  /^p = os\.path\.join\(sys\._getframe\(1\)\.f_locals\['sitedir'\], \*\((?:'[\w.]+',? ?)+\)\)$/,
  /^importlib = has_mfs and __import__\('importlib\.util'\)$/,
  /^has_mfs and __import__\('importlib\.machinery'\)$/,
  /^m = has_mfs and sys\.modules\.setdefault\('[\w.]+', importlib\.util\.module_from_spec\(importlib\.machinery\.PathFinder\.find_spec\('[\w.]+', \[os\.path\.dirname\(p\)\]\)\)\)$/,
  /^m = m or sys\.modules\.setdefault\('[\w.]+', types\.ModuleType\('[\w.]+'\)\)$/,
  /^ie = os\.path\.exists\(os\.path\.join\(p, ?'__init__\.py'\)\)$/,
  /^m = not ie and sys\.modules\.setdefault\('[\w.]+', ?types\.ModuleType\('[\w.]+'\)\)$/,
  /^mp = \(m or \[\]\) and m\.__dict__\.setdefault\('__path__', ?\[\]\)$/,
  /^\(p not in mp\) and mp\.append\(p\)$/,
  /^m and setattr\(sys\.modules\['[\w.]+'\], '\w+', m\)$/,
  /^var = 'SETUPTOOLS_USE_DISTUTILS'$/,
  /^enabled = os\.environ\.get\(var, '(?:local|stdlib)'\) == 'local'$/,
  /^enabled and __import__\('_distutils_hack'\)(?:\.add_shim\(\))?$/,
];

/** Whether a text of paths has lines that Python runs and that setuptools did not write; weights of PyTorch have the same ending. */
export function runsMore(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  const lines = bytes
    .toString('latin1')
    .split(/\r\n|\r|\n/)
    .filter((line) => /^import[ \t]/.test(line));
  return lines.some(
    (line) =>
      !WRITTEN_BY_COVERAGE.test(line) &&
      line.split(';').some((part) => part.trim() !== '' && !WRITTEN_BY_SETUPTOOLS.some((one) => one.test(part.trim()))),
  );
}
