import { isJsonObject } from '../json/json.ts';
import { type Diagnostic, Diagnostics } from './diagnostics.ts';
import { checkChoice, checkNumber, refuseUnknownFields } from './fields.ts';
import { checkScope } from './scope-rules.ts';
import { scopesOf } from './scopes.ts';
import type { StateMachineDefinition } from './states-language.ts';
import type { StateMachineType } from './task-rules.ts';
import { checkTransitions, refuseDuplicateNames } from './transition-rules.ts';

const machineFields = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'];

/**
 * What AWS would find wrong with a definition, as ValidateStateMachineDefinition does. Nothing found means it is a
 * {@link StateMachineDefinition}; parts in JSONPath are then only known to have the shape of states.
 */
export function validate(definition: unknown, machineType: StateMachineType = 'STANDARD'): readonly Diagnostic[] {
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
  // How states hang together can only be checked once each of them has the shape of a state.
  if (diagnostics.list.length === 0) {
    const scopes = scopesOf(definition as unknown as StateMachineDefinition);
    for (const [pointer, scope] of scopes) checkTransitions(scope, pointer, diagnostics);
    refuseDuplicateNames(scopes, diagnostics);
  }
  return diagnostics.list;
}
