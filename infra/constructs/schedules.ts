import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { FunctionName } from '../../core/contracts/names.ts';
import type { Functions } from './functions.ts';

interface SchedulesProps {
  readonly functions: Functions;
  readonly deadLetters: Queue;
  /** What the daily sweep is about. */
  readonly auditTableArn: string;
}

/** Late is as good as never for a tick: the next one comes anyway. */
const RETRIES = 2;
const MAXIMUM_AGE_SECONDS = 60;

const RATES: Readonly<Partial<Record<FunctionName, string>>> = {
  'reconcile-rollouts': 'rate(1 minute)',
  'discover-clusters': 'rate(1 hour)',
  'watch-versions': 'rate(1 hour)',
  'refresh-readiness': 'rate(1 hour)',
  'anchor-audit': 'rate(1 day)',
};

/** What Liftlock does without being asked, on EventBridge Scheduler. */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, { functions, deadLetters, auditTableArn }: SchedulesProps) {
    super(scope, id);
    const names = Object.keys(RATES) as FunctionName[];
    const arnOf = (name: FunctionName) => functions.get(name).function.functionArn;
    const group = new CfnScheduleGroup(this, 'Group', { name: 'liftlock' });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: names.map(arnOf) }));
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));
    for (const name of names) {
      const schedule = new CfnSchedule(this, name, {
        name,
        groupName: group.ref,
        scheduleExpression: RATES[name] ?? '',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: arnOf(name),
          roleArn: role.roleArn,
          ...(name === 'anchor-audit' ? { input: JSON.stringify({ sweep: auditTableArn }) } : {}),
          deadLetterConfig: { arn: deadLetters.queueArn },
          retryPolicy: { maximumRetryAttempts: RETRIES, maximumEventAgeInSeconds: MAXIMUM_AGE_SECONDS },
        },
      });
      // A schedule made before its role may act would fail its first calls.
      schedule.node.addDependency(role);
    }
  }
}
