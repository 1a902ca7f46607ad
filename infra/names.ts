import { Aws } from 'aws-cdk-lib/core';
import { HOOK_EXECUTION_PREFIX } from '../core/contracts/hook.ts';
import type { FunctionName, MachineName } from '../core/contracts/names.ts';

/**
 * Physical names. Names that CloudFormation makes would be safer, but each of these is a contract with somebody outside the stack: spoke accounts
 * trust roles by name, forwarders send to the bus by name, and people find executions, logs and commands of the runbook by name.
 */
export const BUS_NAME = 'liftlock';

/** The rules of Liftlock's own bus in this account and Region, and no others. */
export const OWN_RULES = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/${BUS_NAME}/*`;

/** The name of a function and of its role. The trust policy of every spoke account lists the role (docs/adr/0005). */
export const functionName = (name: FunctionName): string => `liftlock-${name}`;

export const machineName = (name: MachineName): string => `liftlock-${name}`;

/** A function puts this before a machine's name to get its ARN: `LIFTLOCK_MACHINE_ARN_PREFIX`. */
export const machineArnPrefix = (): string => statesArn('stateMachine', 'liftlock-');
export const executionArnPrefix = (): string => statesArn('execution', 'liftlock-');

export const executionArns = (name: MachineName): string => statesArn('execution', `${machineName(name)}:*`);

/** Every alarm is `liftlock/<path>/<short>`; docs/runbook.md has a heading for each. */
export const ALARM_PREFIX = 'liftlock';

/** The tag that holds the function's name on its role. The spoke role compares a caller's session name with it. */
export const FUNCTION_TAG = 'liftlock-function';

export const DEFAULT_SPOKE_ROLE = 'LiftlockSpoke';

/** An export of LiftlockState. The hub's policies refer to it, and cdk-nag names the resource by it. */
export const ANCHOR_BUCKET_ARN = 'LiftlockAnchorBucketArn';

/** The default without a setting. Both sides can compute it, and every hub has another one. */
export const defaultExternalId = (hubAccount: string): string => `liftlock-${hubAccount}`;

/** Webhook secrets have this prefix, because policies may name one at any time and in any Region. */
export const webhookSecrets = (): string => anyRegion('secretsmanager', 'secret:liftlock/*');

const anyRegion = (service: string, resource: string): string =>
  `arn:${Aws.PARTITION}:${service}:*:${Aws.ACCOUNT_ID}:${resource}`;

/** The receivers of hooks, in any Region. A tag opens functions and machines to Liftlock, and a name prefix its executions. */
export const hookReceivers = {
  functions: () => anyRegion('lambda', 'function:*'),
  machines: () => anyRegion('states', 'stateMachine:*'),
  executions: () => anyRegion('states', `execution:*:${HOOK_EXECUTION_PREFIX}*`),
};

function statesArn(resource: string, name: string): string {
  return `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}:${name}`;
}
