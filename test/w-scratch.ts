import { WorkerHandle } from '#serve/worker-handle.js';
const o = { modelName: 'noop', modelDir: '/work/main/test/fixtures/workers/node', handler: 'contract:handle', runtime: 'nodejs', batchSize: 1, onLine: (l: any) => console.log(l) } as const;
const w = await WorkerHandle.start(o);
const job = { id: 'abc', headers: [], parameters: [{ name: 'op', contentType: 'text/plain', value: Buffer.from('loops') }] };
w.predict([job]);
console.log('PID', w.pid);
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 600);
