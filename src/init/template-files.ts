import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { ownFile } from '#own-files.js';
import type { ProjectSettings } from './settings.js';
import type { Template } from './template.js';

const TEMPLATES_DIRECTORY = ownFile('templates');

/** Folders of templates/ that make up a template; a later one replaces files of an earlier one. */
function layers(template: Template): string[] {
  if (template === 'eia') return ['common', 'image-classifier', 'eia'];
  return template === 'eia-python' ? ['common', 'python-service', 'eia-python'] : ['common', template];
}

/** The files of a template with its settings filled in, by path relative to the project. */
export async function templateFiles(template: Template, settings: ProjectSettings): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const layer of layers(template)) {
    const root = join(TEMPLATES_DIRECTORY, layer);
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const relative = path.slice(root.length + 1).replaceAll('\\', '/');
      const content = await readFile(path);
      files.set(relative, entry.name.endsWith('.png') ? content : fill(content, relative, settings));
    }
  }
  return files;
}

/** The files of every project, with a configuration of builds. */
export async function commonFiles(config: string): Promise<Map<string, Buffer>> {
  const ignored = await readFile(join(TEMPLATES_DIRECTORY, 'common', '.marignore'));
  return new Map([
    ['.marignore', ignored],
    ['mar.config.json', Buffer.from(config)],
  ]);
}

function fill(content: Buffer, path: string, settings: ProjectSettings): Buffer {
  const text = content.toString('utf8').replace(/__([A-Z][A-Z_]*[A-Z])__/g, (_, name: string) => {
    const value = settings[name];
    if (value !== undefined) return value;
    throw new MarError(`The template file ${path} asks for the unknown setting ${name}.`, {
      code: 'ERR_TEMPLATE_SETTING',
    });
  });
  return Buffer.from(text);
}
