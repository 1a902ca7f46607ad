import { type Json, jsonTypeName } from '../json/json.ts';
import { EvaluationFailure } from './evaluation-failure.ts';
import { expressionSource, isExpression } from './expression-text.ts';

/** The types a field can ask its expression for. */
export interface ExpectedTypes {
  array: Json[];
  boolean: boolean;
  number: number;
  string: string;
}

function hasType<Name extends keyof ExpectedTypes>(value: Json, type: Name): value is Json & ExpectedTypes[Name] {
  return jsonTypeName(value) === type;
}

/**
 * The value of a field, when it has the type the field takes. `template` is what the definition says there, quoted in the cause.
 * Throws {@link EvaluationFailure} otherwise.
 */
export function expectType<Name extends keyof ExpectedTypes>(
  value: Json,
  type: Name,
  template: Json,
  location: string,
): ExpectedTypes[Name] {
  if (hasType(value, type)) return value;
  const source = isExpression(template) ? expressionSource(template) : JSON.stringify(template);
  throw new EvaluationFailure(
    `The JSONata expression '${source}' specified for the field '${location}' returned an unexpected result type. ` +
      `Expected '${type}', but was '${jsonTypeName(value)}' for value: ${JSON.stringify(value)}`,
    location,
  );
}
