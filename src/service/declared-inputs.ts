import type { InputDeclaration, InputDeclarations } from '#manifest/declared-inputs.js';
import type { Context } from './context.js';
import type { Json } from './inputs.js';
import type { Results } from './service.js';
import type { TensorLike } from './tensor.js';

/** What a handler gets for an input that is declared so. */
type ValueOf<D extends InputDeclaration> = D extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : D extends { readonly type: 'string' }
    ? string
    : D extends { readonly type: 'integer' | 'number' }
      ? number
      : D extends { readonly type: 'boolean' }
        ? boolean
        : D extends { readonly type: 'file' | 'image' }
          ? Buffer
          : D extends { readonly type: 'tensor' }
            ? TensorLike
            : Json;

type OptionalNames<D extends InputDeclarations> = {
  [Name in keyof D]: D[Name] extends { readonly optional: true } ? Name : never;
}[keyof D];

/** The inputs of a request, checked and converted, by their declarations: write those `as const satisfies InputDeclarations`. */
export type InputsOf<D extends InputDeclarations> = {
  readonly [Name in Exclude<keyof D, OptionalNames<D>>]: ValueOf<D[Name]>;
} & { readonly [Name in OptionalNames<D>]?: ValueOf<D[Name]> };

/** A handler that is a function, with the declarations that its module exports as `inputs`: its parameters need no types. */
export type Handle<D extends InputDeclarations> = (
  batch: readonly InputsOf<D>[],
  context: Context,
) => Results | Promise<Results>;
