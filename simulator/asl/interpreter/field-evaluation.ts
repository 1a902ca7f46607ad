import { evaluateTemplate, isFixed, type LazyBindings } from '../expression/evaluate.ts';
import { EvaluationFailure } from '../expression/evaluation-failure.ts';
import { type ExpectedTypes, expectType } from '../expression/expect-type.ts';
import type { Json, JsonObject } from '../json/json.ts';
import { type ContextExtras, contextObject } from './context-object.ts';
import type { Execution, Strand } from './execution.ts';
import type { Turn } from './turn.ts';

/** What `$states` holds besides input and context. */
export interface StatesExtras extends ContextExtras {
  readonly result?: Json;
  readonly errorOutput?: Json;
}

/** The variables a strand sees: its own, and those of the scopes around it, which stand still while it runs. */
export function visibleVariables(execution: Execution, strand: Strand): JsonObject {
  const outer = strand.parent === undefined ? undefined : execution.strands[strand.parent];
  return outer ? { ...visibleVariables(execution, outer), ...strand.variables } : strand.variables;
}

/** Made when the first expression asks: most templates need no more than one part of it. */
function bindingsOf(turn: Turn, strand: Strand, extras: StatesExtras): LazyBindings {
  const { result, errorOutput } = extras;
  let states: JsonObject | undefined;
  const statesOf = (): JsonObject => {
    states ??= {
      input: strand.input,
      context: contextObject(turn.execution, strand, turn.stateOf(strand).Type, extras),
      ...(result === undefined ? {} : { result }),
      ...(errorOutput === undefined ? {} : { errorOutput }),
    };
    return states;
  };
  const variables = visibleVariables(turn.execution, strand);
  return {
    valueOf: (name) => (name === 'states' ? statesOf() : Object.hasOwn(variables, name) ? variables[name] : undefined),
    all: () => ({ ...turn.functions, ...variables, states: statesOf() }),
  };
}

/** The value of one field of the strand's state. Throws `EvaluationFailure`. */
export async function evaluateField(
  turn: Turn,
  strand: Strand,
  template: Json,
  location: string,
  extras: StatesExtras = {},
): Promise<Json> {
  if (isFixed(template)) return template;
  return evaluateTemplate(template, location, bindingsOf(turn, strand, extras));
}

/** As {@link evaluateField}, for a field whose value must have a certain type. */
export async function evaluateTyped<Name extends keyof ExpectedTypes>(
  turn: Turn,
  strand: Strand,
  template: Json,
  location: string,
  type: Name,
): Promise<ExpectedTypes[Name]> {
  return expectType(await evaluateField(turn, strand, template, location), type, template, location);
}

/** As {@link evaluateField}, for whole numbers such as seconds. */
export async function evaluateInteger(
  turn: Turn,
  strand: Strand,
  template: Json,
  location: string,
  range: { readonly minimum: number; readonly maximum: number },
): Promise<number> {
  const value = await evaluateTyped(turn, strand, template, location, 'number');
  if (Number.isInteger(value) && value >= range.minimum && value <= range.maximum) return value;
  throw new EvaluationFailure(
    `The ${location} field must be a whole number from ${range.minimum} to ${range.maximum}, but was: ${value}`,
    location,
  );
}
