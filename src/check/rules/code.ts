import type { Archive, ArchiveEntry } from '#archive/archive.js';
import type { Remark, RemarkKind } from '#handler/review/remark.js';
import type { Review } from '../facts/source-review.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';
import { noted } from './packages.js';

const TEXT_LIMIT = 1024 * 1024;
/** MAR330 to MAR332 and MAR335 to MAR338: what a reviewer must see in the code of an archive. Reading code proves nothing about it. */
export const CODE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR330',
    name: 'code-review',
    severity: 'note',
    summary: 'code of the archive does what somebody should have looked at',
    why: 'A handler may do anything that its server may. Code from text, native code, the network, pickles and the environment are where to look first; code that hides what it does is not found this way.',
    remedy: 'Review the places listed.',
    example: { failing: 'requests.get(url) in a handler', passing: 'a handler that reads its model and answers' },
    needs: ['review'],
    *check({ review }) {
      for (const { entry, remarks } of review.files) {
        const seen = remarks.filter(({ kind }) => kind === 'review');
        const [first] = seen;
        if (first === undefined) continue;
        const said = seen.slice(0, 6).map(({ message, line }) => `${message} (line ${line})`);
        const more = seen.length > 6 ? ` and ${seen.length - 6} more` : '';
        yield { message: `${entry} ${said.join(', ')}${more}`, at: { entry, line: first.line, column: first.column } };
      }
    },
  }),
  defineRule({
    id: 'MAR331',
    name: 'code-attack',
    severity: 'error',
    summary: 'code of the archive runs commands while it is imported, or hides what it runs',
    why: 'The server imports the handler with its own rights. Commands at import, code that is decoded and run, shells for the network and names that are put together have no place in a handler.',
    remedy:
      'Do not load it. Find out who wrote it; where a program really has to be started, start it in a function, with its name written out.',
    example: {
      failing: 'exec(base64.b64decode("…")) or os.system("…") at the top of service.py',
      passing: 'a handler that starts nothing while it is imported',
    },
    needs: ['review'],
    check: ({ review }) => told(review, 'attack'),
  }),
  defineRule({
    id: 'MAR332',
    name: 'code-shell',
    severity: 'warning',
    summary: 'code of the archive starts other programs',
    why: 'What a request says may reach a shell, and the program is not part of the archive.',
    remedy: 'Do the same in Python or JavaScript, or ignore the finding once somebody has reviewed it.',
    example: { failing: 'subprocess.run(["ffmpeg", …]) in handle()', passing: 'a library that decodes the file' },
    needs: ['review'],
    check: ({ review }) => told(review, 'shell'),
  }),
  defineRule({
    id: 'MAR335',
    name: 'starts-by-itself',
    severity: 'error',
    summary: 'Python runs a file of the archive without being asked',
    why: 'Every Python that starts with the model directory on its path runs sitecustomize and usercustomize, and the lines of .pth files that begin with import; those of a package run where it is installed.',
    remedy: 'Leave the file out; what the handler needs belongs in the handler.',
    example: { failing: 'sitecustomize.py, or a wheel with one', passing: 'service.py' },
    needs: ['archive', 'readable', 'packages'],
    async check({ archive, readable, packages }) {
      const found = noted(packages, 'starts');
      for (const entry of archive.entries) {
        const { path } = entry;
        const isModule =
          /(^|\/)(sitecustomize|usercustomize)(\.(py|pyc|so|pyd)|\.[\w-]+\.(so|pyd)|\/__init__\.py)$/.test(path);
        if (isModule) found.push({ message: `${path} runs whenever a Python starts beside it`, at: { entry: path } });
        else if (/\.pth$/i.test(path) && (await importsByItself(readable, entry)))
          found.push({ message: `${path} has lines that Python runs when it starts`, at: { entry: path } });
      }
      return found;
    },
  }),
  defineRule({
    id: 'MAR336',
    name: 'secret-packed',
    severity: 'warning',
    summary: 'the archive holds a credential',
    why: 'Everyone who gets the archive has it, and every server that loads it. The secret itself is not told here.',
    remedy: 'Revoke it, leave the file out with .marignore, and give the server what it needs in its environment.',
    example: { failing: '.netrc, or an access key of AWS in config.json', passing: 'a handler that reads os.environ' },
    needs: ['integrity'],
    check: ({ integrity }) =>
      integrity.secrets.map(({ path, line, kind }) => ({
        message: line === undefined ? `${path} is a credential: ${kind}` : `${path} holds a credential: ${kind}`,
        at: { entry: path, ...(line !== undefined && { line, column: 1 }) },
      })),
  }),
  defineRule({
    id: 'MAR337',
    name: 'code-without-source',
    severity: 'error',
    summary: 'compiled Python in the archive runs that nobody can read',
    why: 'Python imports name.pyc where there is no name.py, and takes a compiled file that says so in place of its source without comparing them. Neither can be reviewed, and no validator reads it.',
    remedy: 'Pack the source, and no compiled files: Python makes them again.',
    example: { failing: 'helper.pyc without helper.py', passing: 'helper.py' },
    needs: ['archive', 'readable', 'loaded'],
    async check({ archive, readable, loaded }) {
      const found: Draft[] = loaded.flatMap(({ entry, file }) => withoutSource(entry.path, file.members));
      for (const entry of archive.entries) {
        const { path } = entry;
        if (!/\.py[co]$/i.test(path)) continue;
        if (/(^|\/)__pycache__\//.test(path)) {
          if (await isUnchecked(readable, entry))
            found.push({ message: `${path} runs in place of its source, whatever that says`, at: { entry: path } });
        } else if (!archive.get(path.slice(0, -1)))
          found.push({ message: `${path} has no source`, at: { entry: path }, expected: path.slice(0, -1) });
      }
      return found;
    },
  }),
  defineRule({
    id: 'MAR338',
    name: 'code-not-reviewed',
    severity: 'error',
    summary: 'source of the archive was not read',
    why: 'It is so large or so nested that reading it was given up, and what comes behind that place was not looked at: padding is how an attack is put there.',
    remedy:
      'Move data out of the code. Where you wrote it and know what is in it, ignore this rule for it: --ignore code-not-reviewed:PATH.',
    example: { failing: 'helper.py of 2 MB', passing: 'helper.py and the data that it reads' },
    needs: ['review'],
    *check({ review }) {
      yield* told(review, 'unread');
      for (const entry of review.unseen) yield { message: `${entry} is too large to be reviewed`, at: { entry } };
    },
  }),
];

/** Compiled files of a package, a zip of source or a tar that Python would import, since there is no source beside them. */
function withoutSource(holder: string, members: readonly string[]): Draft[] {
  const compiled = members.filter((path) => /\.py[co]$/i.test(path) && !/(^|\/)__pycache__\//.test(path));
  if (compiled.length === 0) return [];
  const known = new Set(members);
  return compiled.flatMap((path) => {
    const entry = `${holder}!${path}`;
    return known.has(path.slice(0, -1))
      ? []
      : [{ message: `${entry} has no source`, at: { entry }, expected: path.slice(0, -1) }];
  });
}

function told({ files }: Review, kind: RemarkKind): Draft[] {
  const place = (entry: string, { message, line, column }: Remark): Draft => ({
    message: `${entry} ${message}`,
    at: { entry, line, column },
  });
  return files.flatMap(({ entry, remarks }) =>
    remarks.filter((one) => one.kind === kind).map((one) => place(entry, one)),
  );
}

/** A text of paths, in which a line that begins with `import` is run; weights of PyTorch have the same ending. */
async function importsByItself(archive: Archive, entry: ArchiveEntry): Promise<boolean> {
  if (entry.size > TEXT_LIMIT || archive.get(entry.path) === undefined) return false;
  return /^import[ \t]/m.test((await archive.bytes(entry, TEXT_LIMIT)).toString('latin1'));
}

/** A compiled file that is marked by the hash of its source, and as one that is not to be compared with it. */
async function isUnchecked(archive: Archive, entry: ArchiveEntry): Promise<boolean> {
  if (archive.get(entry.path) === undefined) return false;
  const reader = await archive.reader(entry);
  try {
    const head = await reader.read(8);
    return head.length >= 8 && head.readUInt32LE(4) === 1;
  } finally {
    await reader.close();
  }
}
