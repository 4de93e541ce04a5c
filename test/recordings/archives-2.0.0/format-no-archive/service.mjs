import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);

// service.mjs
function handle(batch, context) {
  return batch.map(({ body }) => ({ got: body, model: context.modelName }));
}
export {
  handle
};
//# sourceMappingURL=service.mjs.map
