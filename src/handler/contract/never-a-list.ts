/** What can be seen of the values that an entry point returns; kinds are `list`, `none`, `unknown`, or the name of another one. */
export interface SeenReturns<Value extends { readonly kind: string }> {
  readonly returns: readonly Value[];
  /** It comes to its end, and no statement of it returns anything. */
  readonly returnsNothing?: boolean;
}

/**
 * The one answer to whether an entry point is certain to break the contract: `nothing`, or the first value of those that are no lists and
 * all that it returns. Undefined where it may be right.
 */
export function neverAList<Value extends { readonly kind: string }>({
  returns,
  returnsNothing = false,
}: SeenReturns<Value>): 'nothing' | Value | undefined {
  if (returnsNothing) return 'nothing';
  const values = returns.filter(({ kind }) => kind !== 'none');
  return values.every(({ kind }) => kind !== 'list' && kind !== 'unknown') ? values[0] : undefined;
}

/** A kind of value for a sentence: `an object`. */
export function withArticle(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
