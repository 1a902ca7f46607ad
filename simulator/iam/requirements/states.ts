import { arnOf } from './arns.ts';
import { passRole } from './eks-on-behalf.ts';
import { textOrAny } from './input-members.ts';
import type { CallFacts, RequirementRow, RequirementRows } from './requirement.ts';
import { need, on, onNoResource } from './row-kinds.ts';

const machine = ({ input }: CallFacts) => textOrAny(input, 'stateMachineArn');
const execution = ({ input }: CallFacts) => textOrAny(input, 'executionArn');

/** The version or alias at the end of a machine's ARN: `…:stateMachine:name:live`. */
function qualifierOf(arn: string): string | null {
  return /:stateMachine:[^:]+:([^:]+)$/.exec(arn)?.[1] ?? null;
}

const onMachine: RequirementRow = (call) => {
  const resource = machine(call);
  return [need(call, call.operation, resource, { 'states:StateMachineQualifier': qualifierOf(resource) })];
};

/**
 * IAM's table has no resource for these actions, but AWS's own tools grant them on the state machine. Both kinds of grant cover the machine's ARN.
 */
const onWaitingMachine: RequirementRow = (call) => {
  const { lookups, region, account, input } = call;
  return [
    need(call, call.operation, lookups.arnOf('task-token', [textOrAny(input, 'taskToken')], region, account) ?? '*'),
  ];
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export const statesRows: RequirementRows = {
  CreateStateMachine: (call) => [
    need(call, 'CreateStateMachine', arnOf('states', call, `stateMachine:${textOrAny(call.input, 'name')}`)),
    passRole(textOrAny(call.input, 'roleArn'), 'states.amazonaws.com'),
  ],
  TagResource: on((call) => textOrAny(call.input, 'resourceArn')),
  DescribeExecution: on(execution),
  DescribeStateMachine: onMachine,
  DescribeStateMachineForExecution: on(execution),
  GetExecutionHistory: on(execution),
  ListExecutions: onMachine,
  ListStateMachines: onNoResource,
  RedriveExecution: on(execution),
  SendTaskFailure: onWaitingMachine,
  SendTaskHeartbeat: onWaitingMachine,
  SendTaskSuccess: onWaitingMachine,
  StartExecution: onMachine,
  StopExecution: on(execution),
};
