import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { isObject } from '#json-object.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

/** A configuration of a model or tokenizer is a page or two. */
const LARGEST = 1024 * 1024;
const TRUSTING = 'trust_remote_code';

/** MAR340 and MAR341: code that is fetched from a repository when the model is loaded. */
export const REMOTE_CODE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR340',
    name: 'remote-code-run',
    severity: 'error',
    summary: 'a configuration names code of another repository, and the code of the archive trusts it',
    why: 'With trust_remote_code the transformers library downloads that code when the model is loaded, and runs it: whoever owns the repository decides what the server runs, and no one who reads the archive sees it.',
    remedy: 'Put the modules into the archive and name them without a repository: "modeling.Net".',
    example: {
      failing: '"auto_map": {"AutoModel": "someone/x--modeling.Net"} and from_pretrained(…, trust_remote_code=True)',
      passing: '"auto_map": {"AutoModel": "modeling.Net"} with modeling.py beside it',
    },
    needs: ['archive', 'readable', 'review'],
    check: async ({ readable, review }) =>
      review.files.some(({ remarks }) => remarks.some(({ message }) => message.includes(TRUSTING)))
        ? foreignClasses(readable)
        : [],
  }),
  defineRule({
    id: 'MAR341',
    name: 'remote-code',
    severity: 'warning',
    summary: 'loading the model may run code that is not in the archive',
    why: 'Code of a repository runs as it is there on that day, with the rights of the server, and nobody has seen it here.',
    remedy: 'Put the code into the archive, or name a revision that somebody has reviewed and ignore the finding.',
    example: {
      failing: "torch.hub.load('someone/x', 'net') in a handler",
      passing: "torch.hub.load(model_dir, 'net', source='local')",
    },
    needs: ['readable', 'review'],
    async check({ readable, review }) {
      const found: Draft[] = [];
      let trusts = false;
      for (const { entry, remarks } of review.files)
        for (const { kind, message, line, column } of remarks) {
          trusts ||= message.includes(TRUSTING);
          if (kind === 'remote') found.push({ message: `${entry} ${message}`, at: { entry, line, column } });
        }
      return trusts ? found : [...found, ...(await foreignClasses(readable))];
    },
  }),
];

/** Where configurations name classes of other repositories: `owner/name--module.Class`. */
async function foreignClasses(archive: Archive): Promise<Draft[]> {
  const found: Draft[] = [];
  for (const entry of archive.entries) {
    if (!/config[\w.-]*\.json$/i.test(entry.path) || entry.size > LARGEST) continue;
    const foreign = (await classesIn(archive, entry)).filter((name) => name.includes('--'));
    if (foreign[0] !== undefined)
      found.push({
        message: `${entry.path} names code of another repository: ${foreign[0]}`,
        at: { entry: entry.path },
      });
  }
  return found;
}

async function classesIn(archive: Archive, entry: ArchiveEntry): Promise<string[]> {
  if (archive.get(entry.path) === undefined) return [];
  let content: unknown;
  try {
    content = JSON.parse((await archive.bytes(entry, LARGEST)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  const map = isObject(content) ? content['auto_map'] : undefined;
  return isObject(map)
    ? Object.values(map)
        .flat()
        .filter((name) => typeof name === 'string')
    : [];
}
