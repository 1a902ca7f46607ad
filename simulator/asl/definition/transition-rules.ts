import { isJsonObject } from '../json/json.ts';
import type { Diagnostics } from './diagnostics.ts';

interface Target {
  readonly name: string;
  readonly location: string;
}

/** All possible next states of a state. */
function targetsOf(state: unknown, location: string): Target[] {
  if (!isJsonObject(state)) return [];
  const targets: Target[] = [];
  const add = (name: unknown, place: string): void => {
    if (typeof name === 'string') targets.push({ name, location: place });
  };
  add(state.Next, `${location}/Next`);
  add(state.Default, `${location}/Default`);
  for (const list of ['Choices', 'Catch']) {
    const entries: unknown = state[list];
    if (!Array.isArray(entries)) continue;
    for (const [index, entry] of entries.entries()) {
      if (isJsonObject(entry)) add(entry.Next, `${location}/${list}[${index}]/Next`);
    }
  }
  return targets;
}

function isTerminal(state: unknown): boolean {
  return isJsonObject(state) && (state.End === true || state.Type === 'Succeed' || state.Type === 'Fail');
}

/**
 * Checks the transitions of one scope: targets exist, the scope can end, every state can be reached. Texts and their order are AWS's (measured,
 * floci-io/floci#2786): a scope that cannot end is not searched for unreachable states.
 */
export function checkTransitions(
  scope: { readonly StartAt: string; readonly States: Readonly<Record<string, unknown>> },
  location: string,
  diagnostics: Diagnostics,
): void {
  const { StartAt, States } = scope;
  const exists = (name: string): boolean => Object.hasOwn(States, name);
  if (!exists(StartAt)) {
    diagnostics.add('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${StartAt}`, `${location}/StartAt`);
  }
  const targets = new Map(
    Object.entries(States).map(([name, state]) => [name, targetsOf(state, `${location}/States/${name}`)]),
  );
  for (const target of [...targets.values()].flat()) {
    if (exists(target.name)) continue;
    diagnostics.add('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${target.name}`, target.location);
  }
  if (!Object.values(States).some(isTerminal)) {
    diagnostics.add('MISSING_END_STATE', 'Workflow has no terminal state');
    return;
  }
  const reached = new Set([StartAt]);
  for (const name of reached) for (const target of targets.get(name) ?? []) reached.add(target.name);
  for (const name of Object.keys(States)) {
    if (reached.has(name)) continue;
    diagnostics.add('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`, `${location}/States/${name}`);
  }
}

/** Names of states are unique in the whole machine, scopes inside states included. */
export function refuseDuplicateNames(
  scopes: ReadonlyMap<string, { readonly States: Readonly<Record<string, unknown>> }>,
  diagnostics: Diagnostics,
): void {
  const seen = new Set<string>();
  for (const [pointer, scope] of scopes) {
    for (const name of Object.keys(scope.States)) {
      const location = `${pointer}/States/${name}`;
      if (seen.has(name)) diagnostics.add('DUPLICATE_STATE_NAME', `Duplicate State name: ${name}`, location);
      seen.add(name);
    }
  }
}
