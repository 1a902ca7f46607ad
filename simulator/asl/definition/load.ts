import { isJsonObject } from '../json/json.ts';
import { type Diagnostic, Diagnostics, InvalidDefinition, UnsupportedDefinition } from './diagnostics.ts';
import { checkChoice, checkNumber, refuseUnknownFields } from './fields.ts';
import { checkScope } from './scope-rules.ts';
import type { State, StateMachineDefinition, StateScope } from './states-language.ts';
import { parseTaskResource } from './task-resource.ts';
import type { StateMachineType } from './task-rules.ts';
import { checkTransitions, refuseDuplicateNames } from './transition-rules.ts';

/** A definition that can run, with its scopes by pointer. */
export interface LoadedMachine {
  readonly definition: StateMachineDefinition;
  readonly type: StateMachineType;
  readonly scopes: ReadonlyMap<string, StateScope>;
}

/** How a definition runs. */
interface LoadOptions {
  readonly type?: StateMachineType;
}

/**
 * Accepts a definition in the JSONata query language, given as JSON or as its text.
 * Throws {@link InvalidDefinition} with AWS's codes and places for what AWS would refuse too, and `UnsupportedDefinition`,
 * naming the feature and the state, for JSONPath, Distributed Maps and activities.
 */
export function load(definition: unknown, { type = 'STANDARD' }: LoadOptions = {}): LoadedMachine {
  if (typeof definition !== 'object' || definition === null || !isFrozen(definition)) return loadAnew(definition, type);
  const before = loadedBefore.get(definition);
  if (before?.type === type) return before;
  const loaded = loadAnew(definition, type);
  loadedBefore.set(definition, loaded);
  return loaded;
}

const isFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));

/** Results for frozen definitions, because many worlds have the same state machines. */
const loadedBefore = new WeakMap<object, LoadedMachine>();

function loadAnew(definition: unknown, type: StateMachineType): LoadedMachine {
  const value = typeof definition === 'string' ? parseText(definition) : structuredClone(definition);
  const diagnostics = validate(value, type);
  if (diagnostics.length > 0) throw new InvalidDefinition(diagnostics);
  const valid = value as StateMachineDefinition;
  refuseUnsupportedFeatures(valid);
  return { definition: valid, type, scopes: scopesOf(valid) };
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidDefinition([{ severity: 'ERROR', code: 'INVALID_JSON_DESCRIPTION', message }]);
  }
}

/** A feature of a valid state that this interpreter does not have. */
function unsupportedFeature(state: State, queryLanguage: string): string | undefined {
  const fields: Readonly<Record<string, unknown>> = { ...state };
  if ((fields.QueryLanguage ?? queryLanguage) !== 'JSONata') return 'JSONPath query language';
  if (state.Type === 'Task' && parseTaskResource(state.Resource)?.kind === 'activity') return 'Activity';
  if (state.Type !== 'Map') return undefined;
  const config: unknown = Object.entries(state.ItemProcessor).find(([name]) => name === 'ProcessorConfig')?.[1];
  const mode = typeof config === 'object' && config !== null && 'Mode' in config ? config.Mode : 'INLINE';
  const distributed = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'].some((name) => fields[name] !== undefined);
  return distributed || mode !== 'INLINE' ? 'Distributed Map' : undefined;
}

/** Throws {@link UnsupportedDefinition} for the first state of a valid definition that cannot run here. */
function refuseUnsupportedFeatures(definition: StateMachineDefinition): void {
  for (const [pointer, scope] of scopesOf(definition)) {
    for (const [name, state] of Object.entries(scope.States)) {
      const feature = unsupportedFeature(state, definition.QueryLanguage ?? 'JSONPath');
      if (feature) throw new UnsupportedDefinition(feature, `${pointer}/States/${name}`);
    }
  }
}

const machineFields = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'];

/**
 * The errors that AWS would find in a definition, like ValidateStateMachineDefinition. A definition without errors is a {@link
 * StateMachineDefinition}; for parts in JSONPath only the shape of states is checked.
 */
function validate(definition: unknown, machineType: StateMachineType = 'STANDARD'): readonly Diagnostic[] {
  const diagnostics = new Diagnostics();
  if (!isJsonObject(definition)) {
    diagnostics.add('INVALID_JSON_DESCRIPTION', 'The definition must be a JSON object', '/');
    return diagnostics.list;
  }
  const machine = { fields: definition, location: '', diagnostics };
  refuseUnknownFields({ ...machine, location: '/' }, machineFields);
  checkChoice(machine, 'QueryLanguage', ['JSONPath', 'JSONata']);
  checkNumber(machine, 'TimeoutSeconds', { minimum: 1, maximum: 99_999_999 });
  const queryLanguage = definition.QueryLanguage === 'JSONata' ? 'JSONata' : 'JSONPath';
  checkScope(machine, { machineType, queryLanguage, outerVariables: new Set() });
  // The transitions can only be checked when each state has a valid shape.
  if (diagnostics.list.length === 0) {
    const scopes = scopesOf(definition as unknown as StateMachineDefinition);
    for (const [pointer, scope] of scopes) checkTransitions(scope, pointer, diagnostics);
    refuseDuplicateNames(scopes, diagnostics);
  }
  return diagnostics.list;
}

/** The scopes directly inside a state, by the last step of their pointers. */
function innerScopes(state: State): [string, StateScope][] {
  if (state.Type === 'Parallel') return state.Branches.map((branch, index) => [`Branches[${index}]`, branch]);
  return state.Type === 'Map' && state.ItemProcessor ? [['ItemProcessor', state.ItemProcessor]] : [];
}

/**
 * Every scope of a machine by its pointer: the empty one for the machine itself, `/States/P/Branches[0]` and
 * `/States/M/ItemProcessor` inside it. Outer scopes come first.
 */
function scopesOf(machine: StateScope): Map<string, StateScope> {
  const scopes = new Map([['', machine]]);
  for (const [pointer, scope] of scopes) {
    for (const [name, state] of Object.entries(scope.States)) {
      for (const [step, inner] of innerScopes(state)) scopes.set(`${pointer}/States/${name}/${step}`, inner);
    }
  }
  return scopes;
}
