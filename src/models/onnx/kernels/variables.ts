import { type Implementation, type Slot, slotAt } from './implementations.js';

/** The types of the variables, each as the first value of it has it. */
export function bind(slots: readonly Slot[], types: readonly (string | undefined)[]): Map<number, string> {
  const bound = new Map<number, string>();
  for (const [at, type] of types.entries()) {
    const variable = slotAt(slots, at)?.variable;
    if (type !== undefined && variable !== undefined && !bound.has(variable)) bound.set(variable, type);
  }
  return bound;
}

/** Two types that one variable would have to be. */
export function clashOf(
  slots: readonly Slot[],
  types: readonly (string | undefined)[],
): readonly [one: string, other: string] | undefined {
  const bound = bind(slots, types);
  for (const [at, type] of types.entries()) {
    const first = bound.get(slotAt(slots, at)?.variable ?? -1);
    if (first !== undefined && type !== undefined && first !== type) return [first, type];
  }
  return undefined;
}

/** Whether the runtime has an implementation for these types together. */
export function fits(bound: ReadonlyMap<number, string>, choices: Implementation['choices']): boolean {
  return choices.some((choice) => [...bound].every(([variable, type]) => choice.get(variable)?.has(type) ?? true));
}

/** The type of a variable that has but one. */
export function onlyType({ choices }: Implementation, variable: number): string | undefined {
  const all = new Set(choices.flatMap((choice) => [...(choice.get(variable) ?? ['', ' '])]));
  return all.size === 1 ? [...all][0] : undefined;
}
