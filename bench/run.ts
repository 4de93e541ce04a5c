/** `npm run bench -- [--quick] [NAME…]`: runs the named measurements (all of them without a name) and writes them into docs/benchmarks.md. */
const BENCHES: Readonly<Record<string, () => Promise<{ run(): Promise<void> }>>> = {
  startup: () => import('./startup.js'),
  pack: () => import('./pack.js'),
  validate: () => import('./validate.js'),
  entries: () => import('./entries.js'),
  'serve-noop': () => import('./serve-noop.js'),
  'server-timing': () => import('./server-timing.js'),
  'serve-image': () => import('./serve-image.js'),
  'image-cost': () => import('./image-cost.js'),
  weights: () => import('./weights.js'),
  'serve-tensor': () => import('./serve-tensor.js'),
  'serve-large': () => import('./serve-large.js'),
  generators: () => import('./generators.js'),
  peers: () => import('./peers-page.js'),
  bridge: () => import('./bridge.js'),
  accelerators: () => import('./accelerators.js'),
  tune: () => import('./tune.js'),
  simulate: () => import('./simulate.js'),
  soak: () => import('./soak.js'),
  memory: () => import('./memory.js'),
  safety: () => import('./safety.js'),
  hurting: () => import('./hurting.js'),
  differential: () => import('./differential.js'),
  'registry-models': () => import('./registry-models.js'),
  'torchserve-handlers': () => import('./torchserve-handlers.js'),
};

const names = process.argv.slice(2).filter((argument) => argument !== '--quick');
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const bench = await BENCHES[name]?.();
    await bench?.run();
  }
}
