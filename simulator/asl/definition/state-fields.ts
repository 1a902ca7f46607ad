import { type FieldsAt, refuseUnknownFields } from './fields.ts';
import type { StateType } from './states-language.ts';

const anywhere = ['Type', 'Comment', 'QueryLanguage'];
const results = ['Output', 'Assign'];
const transition = ['Next', 'End'];
const recovery = ['Retry', 'Catch'];
const tolerance = ['ToleratedFailureCount', 'ToleratedFailurePercentage'];
/** Fields of Distributed Maps, accepted here so that such a state is refused by that name and not for its fields. */
const distributed = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

/** The fields of each state type in the JSONata query language. */
const knownFields: Readonly<Record<StateType, readonly string[]>> = {
  Pass: [...results, ...transition],
  Task: [
    'Resource',
    'Arguments',
    'Credentials',
    'TimeoutSeconds',
    'HeartbeatSeconds',
    ...results,
    ...transition,
    ...recovery,
  ],
  Choice: ['Choices', 'Default', ...results],
  Wait: ['Seconds', 'Timestamp', ...results, ...transition],
  Succeed: ['Output'],
  Fail: ['Error', 'Cause'],
  Parallel: ['Branches', 'Arguments', ...results, ...transition, ...recovery],
  Map: [
    'ItemProcessor',
    'Items',
    'ItemSelector',
    'MaxConcurrency',
    ...tolerance,
    ...distributed,
    ...results,
    ...transition,
    ...recovery,
  ],
};

const pathOnlyFields = ['InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'ResultSelector', 'Result', 'ItemsPath'];
const jsonataOnlyFields = ['Output', 'Arguments', 'Items'];

function isPathOnly(name: string): boolean {
  return (
    pathOnlyFields.includes(name) || /(Seconds|Timestamp|Concurrency|Count|Percentage|Error|Cause)Path$/.test(name)
  );
}

/** Refuses fields that a JSONata state does not have; those of the other query language with that reason. */
export function checkJsonataFields(state: FieldsAt, type: StateType): void {
  const foreign = Object.keys(state.fields).filter(isPathOnly);
  for (const name of foreign) {
    const message = `The QueryLanguage is set to 'JSONata', but field '${name}' is only supported for the 'JSONPath' QueryLanguage`;
    state.diagnostics.schema(message, state.location);
  }
  refuseUnknownFields(state, [...anywhere, ...knownFields[type], ...foreign]);
}

/** Refuses fields of JSONata in a JSONPath state. */
export function checkPathFields(state: FieldsAt): void {
  for (const name of jsonataOnlyFields) {
    if (state.fields[name] === undefined) continue;
    const message = `The QueryLanguage is set to 'JSONPath', but field '${name}' is only supported for the 'JSONata' QueryLanguage`;
    state.diagnostics.schema(message, state.location);
  }
}
