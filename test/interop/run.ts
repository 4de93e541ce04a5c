import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runMatrix } from './matrix.js';
import { matrixTable } from './page.js';
import { PLACES } from './rows.js';

/** `npm run test:interop [-- --rows PART] [COLUMN…]`: prints the matrix and, where it is whole, writes it into its page. */
const PAGE = 'docs/compatibility/interop.md';
const PLACE = /(<!-- interop -->\n)[\s\S]*?(<!-- \/interop -->)/;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rows: { type: 'string' } } });
const places = PLACES.filter((place) => positionals.includes(place));
const part = values.rows ?? '';
const wanted = { rows: (name: string) => name.includes(part), ...(places.length > 0 && { places }) };
const matrix = await runMatrix(wanted, (text) => console.error(text));
const table = matrixTable(matrix);
console.log(table);
const missing = Object.entries(matrix.missing);
if (missing.length === 0 && values.rows === undefined) {
  const text = readFileSync(PAGE, 'utf8');
  if (!PLACE.test(text)) throw new Error(`${PAGE} has no place for the matrix`);
  writeFileSync(
    PAGE,
    text.replace(PLACE, (_, before: string, after: string) => `${before}${table}\n${after}`),
  );
} else {
  console.error(`${PAGE} stays as it is.`);
}
const isWrong = matrix.rows.some(({ outcomes }) => Object.values(outcomes).some(({ kind }) => kind === 'wrong'));
process.exitCode = isWrong ? 1 : 0;
