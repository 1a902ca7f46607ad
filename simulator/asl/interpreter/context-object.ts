import type { State } from '../definition/states-language.ts';
import type { Json, JsonObject } from '../json/json.ts';
import type { Execution, Strand } from './execution.ts';

/** Which item a Map state is at; its own while it selects an iteration's input. */
export interface MapItem {
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

/** What the context object says beyond the strand: the token of the task being started, the item being selected. */
export interface ContextExtras {
  readonly taskToken?: string;
  readonly mapItem?: MapItem;
}

/**
 * The context object, `$states.context`. Only Task states are told how often they were retried, as recorded.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
export function contextObject(
  execution: Execution,
  strand: Strand,
  type: State['Type'],
  extras: ContextExtras,
): JsonObject {
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
