import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that no framework takes for a part of a model: code, texts, pictures. */
const NO_MODEL = /\.(py|pyc|[cm]?[jt]s|map|json|ya?ml|txt|md|csv|html|css|jpe?g|png|gif|bmp|wav)$/i;
/** Folders that hold no model. */
const NO_MODELS = /^(MAR-INF|node_modules|__pycache__)(\/|$)/;

/** Bytes that the model of an archive takes at least: the size of its files, as the rule of thumb of the service's documentation has it. */
export async function modelBytes(modelDir: string): Promise<number> {
  const entries = await readdir(modelDir, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const inside = path.slice(modelDir.length).replaceAll('\\', '/').replace(/^\/+/, '');
      if (entry.isDirectory() || NO_MODELS.test(inside) || NO_MODEL.test(inside)) return 0;
      return (await stat(path)).size;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
