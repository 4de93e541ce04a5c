import { execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Cell, fill, type Host } from './cell.js';
import { reasonOf } from './hosts.js';
import type { Row } from './rows.js';

/** Run in networks and processes of its own: one tarball in SageMaker's place. Prints a Cell as JSON. */
interface Task {
  readonly place: 'sagemaker' | 'load-all';
  readonly python: string;
  /** An empty place for everything of this container. */
  readonly base: string;
  readonly row: Row;
}

const URL = 'http://127.0.0.1:8080';
/** The toolkit writes the settings of its server where only a container lets it. */
const START = `
import sys
import sagemaker_inference.model_server as server
server.MMS_CONFIG_FILE = sys.argv[1]
server.start_model_server()
`;

const { place, python, base, row }: Task = JSON.parse(process.argv[2] ?? '');
const model = join(base, 'model');
const temp = join(base, 'tmp');
mkdirSync(model, { recursive: true });
mkdirSync(temp);
execFileSync('tar', ['xzf', row.tarball, '-C', model]);
const config = join(base, 'mms.properties');
writeFileSync(config, `inference_address=${URL}\nmanagement_address=${URL}\nmodel_store=${model}\nload_models=ALL\n`);
const command =
  place === 'sagemaker'
    ? [python, '-c', START, join(base, 'toolkit.properties')]
    : [join(dirname(python), 'multi-model-server'), '--start', '--foreground', '--mms-config', config];
const server = spawn(command[0] ?? '', command.slice(1), {
  cwd: temp,
  env: {
    ...process.env,
    PATH: `${dirname(python)}:${process.env['PATH']}`,
    SAGEMAKER_BASE_DIR: base,
    SAGEMAKER_MODEL_SERVER_WORKERS: '1',
    SAGEMAKER_STARTUP_TIMEOUT: '60',
    MAR_NODE_PATH: join(process.cwd(), 'node_modules'),
    TMPDIR: temp,
    TEMP: temp,
    LOG_LOCATION: temp,
    METRICS_LOCATION: temp,
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
/** Something was printed, or the server has ended. */
const news = new EventEmitter();
let printed = '';
for (const stream of [server.stdout, server.stderr])
  stream.on('data', (chunk: Buffer) => {
    printed += chunk;
    news.emit('news');
  });
let ended = false;
server.once('exit', () => {
  ended = true;
  news.emit('news');
});

const host: Host = {
  batches: false,
  url: () => (place === 'sagemaker' ? `${URL}/invocations` : `${URL}/predictions/${row.model}`),
  register: loaded,
  async unregister() {
    return undefined;
  },
};
const cell: Cell = await fill(host, row);
process.stdout.write(JSON.stringify(cell), () => process.exit(0));

/** Waits until the server has started and a worker has said whether the model is loaded; the server's own reason if it is not. */
async function loaded(): Promise<string | undefined> {
  for (;;) {
    const [reason] = /(Please provide|Runtime is|Model name is|No module)[^\n]*/.exec(printed) ?? [];
    if (reason !== undefined) return reason.trim();
    if (printed.includes('Backend worker process died')) {
      return [...printed.matchAll(/- (\S*Error: .*)/g)].at(-1)?.[1] ?? printed.slice(-500);
    }
    if (ended) return `the server ended: ${printed.slice(-500)}`;
    if (/Model \S+ loaded io_fd/.test(printed)) {
      const response = await fetch(`${URL}/ping`);
      const text = await response.text();
      return response.status === 200 ? undefined : reasonOf(response.status, text);
    }
    await once(news, 'news');
  }
}
