import type { InitializeHook, ResolveHook } from 'node:module';
import type { Provided } from './provided.js';

/** Runs in Node's hooks thread. */
let provided: Provided = {};

export const initialize: InitializeHook<Provided> = (data) => {
  provided = data;
};

export const resolve: ResolveHook = (specifier, context, next) => {
  const url = provided[specifier];
  return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
};
