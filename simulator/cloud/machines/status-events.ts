import type { ExecutionDescription } from '../../asl/runner/execution-description.ts';
import type { EventBuses } from '../events/event-buses.ts';

const included = { included: true };

/** Publishes on the default bus that an execution has started, was redriven or has ended, with the recorded members of AWS. */
export function statusEvents(
  buses: EventBuses,
  uuid: () => string,
  now: () => Date,
): (execution: ExecutionDescription) => void {
  return (execution) => {
    const { executionArn, stateMachineArn, name, status, startDate, stopDate, input, output, error, cause } = execution;
    const { redriveCount, redriveDate, redriveStatus, redriveStatusReason } = execution;
    const [, , , region = '', account = ''] = executionArn.split(':');
    buses.publish(`arn:aws:events:${region}:${account}:event-bus/default`, {
      version: '0',
      id: uuid(),
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account,
      region,
      time: `${now().toISOString().slice(0, 19)}Z`,
      resources: [executionArn],
      detail: {
        executionArn,
        stateMachineArn,
        name,
        status,
        startDate: startDate.getTime(),
        stopDate: stopDate?.getTime() ?? null,
        input,
        output: output ?? null,
        error: error ?? null,
        cause: cause ?? null,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        redriveCount,
        redriveDate: redriveDate?.getTime() ?? null,
        redriveStatus,
        redriveStatusReason: redriveStatusReason ?? null,
        inputDetails: included,
        outputDetails: output === undefined ? null : included,
      },
    });
  };
}
