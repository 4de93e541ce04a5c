import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withRunner } from './runner.js';

/** Run in a network of its own: what a server answers that listens on all addresses. Prints one JSON object. */
const HANDLER = 'export const handle = (batch) => batch.map(() => "fine");';
const ANYWHERE = 'http://0.0.0.0:8080';

/** Statuses by request of a server with these addresses, and what became of its file with the token. */
async function asked(inferenceAddress: string, managementAddress: string) {
  const statuses: Record<string, number> = {};
  const seen: { mode?: number; events?: string[]; keyFile?: string } = {};
  await withRunner(
    { m: HANDLER },
    async (runner) => {
      const inference = runner.inferenceUrl.replace('0.0.0.0', '127.0.0.1');
      const management = runner.managementUrl.replace('0.0.0.0', '127.0.0.1');
      const path = join(dirname(runner.store), 'key_file.json');
      seen.mode = (await stat(path)).mode & 0o777;
      const { key } = JSON.parse(await readFile(path, 'utf8')).management;
      const ask = async (name: string, url: string, method = 'GET', authorization?: string): Promise<void> => {
        const headers = authorization === undefined ? {} : { authorization };
        statuses[name] = (await fetch(url, { method, headers })).status;
      };
      await ask('register without', `${management}/models?url=m&initial_workers=1`, 'POST');
      await ask('register with a wrong one', `${management}/models?url=m&initial_workers=1`, 'POST', 'Bearer no');
      await ask('register', `${management}/models?url=m&initial_workers=1`, 'POST', `Bearer ${key}`);
      await ask('/ping', `${inference}/ping`);
      await ask('/invocations', `${inference}/invocations?model_name=m`, 'POST');
      await ask('/predictions/m', `${inference}/predictions/m`, 'POST');
      await ask('/models/m/invoke', `${inference}/models/m/invoke`, 'POST');
      await ask('OPTIONS /', `${management}/`, 'OPTIONS');
      await ask('/ready', `${management}/ready`);
      await ask('describe without', `${management}/models/m`);
      await ask('list without', `${management}/models`);
      await ask('unregister without', `${management}/models/m`, 'DELETE');
      await ask('nothing', `${management}/nothing/there`);
      seen.events = runner.log.map(({ event }) => event).filter((event) => event.startsWith('management-'));
      await runner.close();
      seen.keyFile = await stat(path).then(
        () => 'left behind',
        () => 'gone',
      );
    },
    { inferenceAddress, managementAddress },
  );
  return { statuses, ...seen };
}

const one = await asked(ANYWHERE, ANYWHERE);
const two = await asked('http://127.0.0.1:8082', ANYWHERE);
const local = await asked('http://127.0.0.1:8083', 'http://127.0.0.1:8083');
process.stdout.write(JSON.stringify({ one, two, local }));
