import { InvalidDefinition } from './diagnostics.ts';
import { scopesOf } from './scopes.ts';
import type { StateMachineDefinition, StateScope } from './states-language.ts';
import type { StateMachineType } from './task-rules.ts';
import { refuseUnsupportedFeatures } from './unsupported-features.ts';
import { validate } from './validate.ts';

/** A definition that may run, with its scopes by pointer. */
export interface LoadedMachine {
  readonly definition: StateMachineDefinition;
  readonly type: StateMachineType;
  readonly scopes: ReadonlyMap<string, StateScope>;
}

/** How a definition is meant to run. */
export interface LoadOptions {
  readonly type?: StateMachineType;
}

/**
 * Accepts a definition in the JSONata query language, given as JSON or as its text.
 * Throws {@link InvalidDefinition} with AWS's codes and places for what AWS would refuse too, and `UnsupportedDefinition`,
 * naming the feature and the state, for JSONPath, Distributed Maps and activities.
 */
export function load(definition: unknown, options: LoadOptions = {}): LoadedMachine {
  const value = typeof definition === 'string' ? parseText(definition) : structuredClone(definition);
  const type = options.type ?? 'STANDARD';
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
