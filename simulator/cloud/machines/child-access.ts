import type { AuthorizeChild } from '../../asl/runner/requests.ts';
import { TaskError } from '../../asl/runner/task-invocation.ts';
import { hearOfChildren, startChild, stopChild, watchChild } from '../../iam/requirements/service-work.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { Authority } from '../authority.ts';
import type { Wiring } from '../wiring.ts';

/** Checks a state machine's calls to its children against its role: for `.sync` also the rule that reports their end. */
export function childAccess(authority: Authority, wiring: Wiring, account: string): AuthorizeChild {
  return (action, resource, parent) => {
    const { stateMachineArn, stateMachineName, roleArn = '' } = parent;
    const source = { service: 'states.amazonaws.com', sourceArn: stateMachineArn, sourceAccount: account };
    const needed = {
      'states:StartExecution': () => startChild(resource),
      'states:DescribeExecution': () => [...watchChild(resource), ...hearOfChildren(stateMachineArn)],
      'states:StopExecution': () => stopChild(resource),
    };
    try {
      if (action === 'states:StartExecution') wiring.record(stateMachineArn, resource);
      authority.inRole(roleArn, source, needed[action](), `${action.slice('states:'.length)} by ${stateMachineName}`);
    } catch (error) {
      throw error instanceof AwsFault ? new TaskError('StepFunctions.StepFunctionsException', error.message) : error;
    }
  };
}
