import { Aws } from 'aws-cdk-lib/core';
import { HOOK_EXECUTION_PREFIX } from '../core/contracts/hook.ts';
import type { FunctionName, MachineName } from '../core/contracts/names.ts';

/**
 * Physical names. CloudFormation would make better ones, but each of these is a contract with somebody outside the stack: spoke accounts trust
 * roles by name, forwarders send to the bus by name, and executions, logs and commands of the runbook are found by name.
 */
export const BUS_NAME = 'liftlock';

/** The rules of Liftlock's own bus in this account and Region, and no others. */
export const OWN_RULES = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/${BUS_NAME}/*`;

/** Of the function and of its role: the trust policy of every spoke account lists the latter (docs/adr/0005). */
export const functionName = (name: FunctionName): string => `liftlock-${name}`;

export const machineName = (name: MachineName): string => `liftlock-${name}`;

/** What a function puts before a machine's name to get its ARN: `LIFTLOCK_MACHINE_ARN_PREFIX`. */
export const machineArnPrefix = (): string => statesArn('stateMachine', 'liftlock-');
export const executionArnPrefix = (): string => statesArn('execution', 'liftlock-');

export const executionArns = (name: MachineName): string => statesArn('execution', `${machineName(name)}:*`);

/** Every alarm is `liftlock/<path>/<short>`; docs/runbook.md has a heading for each. */
export const ALARM_PREFIX = 'liftlock';

/** Tag of each function's role with the function's name: the spoke role holds a caller's session name against it. */
export const FUNCTION_TAG = 'liftlock-function';

export const DEFAULT_SPOKE_ROLE = 'LiftlockSpoke';

/** Export of LiftlockState that the hub's policies name, and cdk-nag tells of them by. */
export const ANCHOR_BUCKET_ARN = 'LiftlockAnchorBucketArn';

/** Without a setting: known to both sides without asking anybody, and different for every hub. */
export const defaultExternalId = (hubAccount: string): string => `liftlock-${hubAccount}`;

/** Secrets that webhooks of gates are signed with are told from all others by their name; policies name them at any time, in any Region. */
export const webhookSecrets = (): string => anyRegion('secretsmanager', 'secret:liftlock/*');

const anyRegion = (service: string, resource: string): string =>
  `arn:${Aws.PARTITION}:${service}:*:${Aws.ACCOUNT_ID}:${resource}`;

/** Who hooks may ask, in any Region: functions and machines are told from all others by their tag, executions by their name. */
export const hookReceivers = {
  functions: () => anyRegion('lambda', 'function:*'),
  machines: () => anyRegion('states', 'stateMachine:*'),
  executions: () => anyRegion('states', `execution:*:${HOOK_EXECUTION_PREFIX}*`),
};

function statesArn(resource: string, name: string): string {
  return `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}:${name}`;
}
