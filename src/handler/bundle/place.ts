import { posix } from 'node:path';

/** A path of the archive as the bundle `output` writes it down, relative to itself: a quoted URL. */
export function placeOf(path: string, output: string): string {
  const place = encodeURI(posix.relative(posix.dirname(output), path))
    .replaceAll('#', '%23')
    .replaceAll('?', '%3F');
  return JSON.stringify(place.startsWith('.') ? place : `./${place}`);
}

/** Each module's own place, under names that its text does not have. */
export const PLACE_NAMES = {
  __dirname: '__packedDirname',
  __filename: '__packedFilename',
  'import.meta.url': '__packedUrl',
  'import.meta.dirname': '__packedDirname',
  'import.meta.filename': '__packedFilename',
  'require.resolve': '__packedResolve',
  'import.meta.resolve': '__packedResolveUrl',
} as const;

/** What a bundle begins with: bundled CommonJS asks for Node's built-in modules through `require`, which an ES module does not have. */
export function bannerOf(isCommonJs: boolean): string {
  return [
    ...(isCommonJs
      ? [
          "const { createRequire: __createRequire } = require('node:module');",
          "const { fileURLToPath: __fileURLToPath, pathToFileURL: __pathToFileURL } = require('node:url');",
          placeFunctions('__pathToFileURL(__filename)'),
        ]
      : [
          "import { createRequire as __createRequire } from 'node:module';",
          "import { fileURLToPath as __fileURLToPath, pathToFileURL as __pathToFileURL } from 'node:url';",
          'const require = __createRequire(import.meta.url);',
          placeFunctions('import.meta.url'),
        ]),
  ].join('\n');
}

/** Functions that places are made with; `base` is the URL of the bundle itself. */
function placeFunctions(base: string): string {
  return [
    `const __placeUrl = (path) => new URL(path, ${base}).href;`,
    'const __placeFile = (path) => __fileURLToPath(__placeUrl(path));',
    'const __placeResolve = (path) => __createRequire(__placeUrl(path)).resolve;',
    'const __placeResolveUrl = (path) => (name) => {',
    '  if (/^(\\.{1,2}\\/|\\/|[a-z][a-z\\d+.-]+:)/i.test(name)) return new URL(name, __placeUrl(path)).href;',
    '  const found = __placeResolve(path)(name);',
    "  return found === name ? 'node:' + name : __pathToFileURL(found).href;",
    '};',
    "const __placeBelow = (folder, path) => require('node:path').relative(folder, /^file:/.test(path) ? __fileURLToPath(String(path)) : String(path));",
  ].join('\n');
}

/** The declarations of `PLACE_NAMES` for the module that lies at `own` in the archive, or is `output` itself. One line. */
export function placeDeclarations(own: string, output: string): string {
  const place = placeOf(own, output);
  const made = {
    __packedUrl: `__placeUrl(${place})`,
    __packedFilename: `__placeFile(${place})`,
    __packedDirname: `__placeFile(${placeOf(posix.dirname(own), output)})`,
    __packedResolve: `__placeResolve(${place})`,
    __packedResolveUrl: `__placeResolveUrl(${place})`,
  };
  const declared = Object.entries(made).map(([name, value]) => `${name} = /* @__PURE__ */ ${value}`);
  return `var ${declared.join(', ')};`;
}

/** A place in a module's first line without what `placeDeclarations` has put in front of it. */
export function withoutPlace<P extends { readonly lineText: string; readonly column: number }>(place: P): P {
  const [declarations = ''] = /^var __packedUrl = .*?__placeResolveUrl\("[^"]*"\);/.exec(place.lineText) ?? [];
  return {
    ...place,
    lineText: place.lineText.slice(declarations.length),
    column: Math.max(0, place.column - declarations.length),
  };
}
