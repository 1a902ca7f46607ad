import type { State } from '../definition/states-language.ts';
import { evaluateTemplate, isFixed, type LazyBindings } from '../expression/evaluate.ts';
import { EvaluationFailure } from '../expression/evaluation-failure.ts';
import { expressionSource, isExpression } from '../expression/expression-text.ts';
import { type Json, type JsonObject, jsonTypeName } from '../json/json.ts';
import type { Execution, Strand } from './execution.ts';
import type { Turn } from './turn.ts';

/** The members of `$states` besides input and context. */
export interface StatesExtras extends ContextExtras {
  readonly result?: Json;
  readonly errorOutput?: Json;
}

/** The variables that a strand sees: its own, and those of the scopes around it, which do not change while it runs. */
function visibleVariables(execution: Execution, strand: Strand): JsonObject {
  const outer = strand.parent === undefined ? undefined : execution.strands[strand.parent];
  return outer ? { ...visibleVariables(execution, outer), ...strand.variables } : strand.variables;
}

/** Made for the first expression that needs it, because most templates need only one part. */
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

/** The types that a field can require. */
interface ExpectedTypes {
  array: Json[];
  boolean: boolean;
  number: number;
  string: string;
}

function hasType<Name extends keyof ExpectedTypes>(value: Json, type: Name): value is Json & ExpectedTypes[Name] {
  return jsonTypeName(value) === type;
}

/**
 * The value of a field, when it has the type of the field. `template` is the text of the definition, which the cause quotes. Throws {@link
 * EvaluationFailure} otherwise.
 */
function expectType<Name extends keyof ExpectedTypes>(
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

/** The item of a Map state; its own while it selects an iteration's input. */
interface MapItem {
  readonly Index: number;
  readonly Value: Json;
}

function mapItemOf(execution: Execution, strand: Strand): MapItem | undefined {
  for (let inner = strand; inner.parent !== undefined; ) {
    const outer = execution.strands[inner.parent];
    if (!outer) return undefined;
    const value = inner.index === undefined ? undefined : outer.fanOut?.items?.[inner.index];
    if (inner.index !== undefined && value !== undefined) return { Index: inner.index, Value: value };
    inner = outer;
  }
  return undefined;
}

/** The members of the context object beyond the strand: the token of the task being started, the item being selected. */
interface ContextExtras {
  readonly taskToken?: string;
  readonly mapItem?: MapItem;
}

/**
 * The context object, `$states.context`. Only Task states have their retry count, as recorded. Source:
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
function contextObject(execution: Execution, strand: Strand, type: State['Type'], extras: ContextExtras): JsonObject {
  const context: JsonObject = {
    Execution: {
      Id: execution.arn,
      Input: execution.input,
      Name: execution.name,
      StartTime: execution.startDate,
      RedriveCount: execution.redriven?.count ?? 0,
      ...(execution.redriven === undefined ? {} : { RedriveTime: execution.redriven.date }),
      ...(execution.roleArn === undefined ? {} : { RoleArn: execution.roleArn }),
    },
    StateMachine: { Id: execution.stateMachineArn, Name: execution.stateMachineName },
    State: {
      Name: strand.state,
      EnteredTime: strand.enteredAt,
      ...(type === 'Task' ? { RetryCount: strand.retryCount } : {}),
    },
  };
  if (extras.taskToken !== undefined) context.Task = { Token: extras.taskToken };
  const item = extras.mapItem ?? mapItemOf(execution, strand);
  if (item) context.Map = { Item: { Index: item.Index, Value: item.Value } };
  return context;
}
