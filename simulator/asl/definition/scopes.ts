import type { State, StateScope } from './states-language.ts';

/** The scopes directly inside a state, by the last step of their pointers. */
function innerScopes(state: State): [string, StateScope][] {
  if (state.Type === 'Parallel') return state.Branches.map((branch, index) => [`Branches[${index}]`, branch]);
  return state.Type === 'Map' && state.ItemProcessor ? [['ItemProcessor', state.ItemProcessor]] : [];
}

/**
 * Every scope of a machine by its pointer: the empty one for the machine itself, `/States/P/Branches[0]` and
 * `/States/M/ItemProcessor` inside it. Outer scopes come first.
 */
export function scopesOf(machine: StateScope): Map<string, StateScope> {
  const scopes = new Map([['', machine]]);
  for (const [pointer, scope] of scopes) {
    for (const [name, state] of Object.entries(scope.States)) {
      for (const [step, inner] of innerScopes(state)) scopes.set(`${pointer}/States/${name}/${step}`, inner);
    }
  }
  return scopes;
}
