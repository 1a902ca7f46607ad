import type { Code } from 'aws-cdk-lib/aws-lambda';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FunctionName } from '../../core/contracts/names.ts';
import { AsynchronousCalls } from '../constructs/asynchronous-calls.ts';
import { AuditAnchors } from '../constructs/audit-anchors.ts';
import { ApiPolicies, ControlApi } from '../constructs/control-api.ts';
import { allowRules, DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { EventRules } from '../constructs/event-rules.ts';
import { Functions } from '../constructs/functions.ts';
import { LiftlockBus } from '../constructs/liftlock-bus.ts';
import { Schedules } from '../constructs/schedules.ts';
import { StateMachines } from '../constructs/state-machine.ts';
import { HubMonitoring } from '../monitoring/hub-monitoring.ts';
import type { LiftlockStackProps } from './stack-props.ts';
import type { StateStack } from './state-stack.ts';

interface HubStackProps extends LiftlockStackProps {
  readonly state: StateStack;
  /** The bundle of a function. */
  readonly codeOf: (name: FunctionName) => Code;
}

/** Everything that acts. It keeps nothing, so it can be replaced at any time, also while rollouts run. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { settings, state, codeOf, ...props }: HubStackProps) {
    super(scope, id, { description: 'Liftlock: functions, state machines, events, API and alarms', ...props });
    const { items, audit, anchors, clusters, notifications } = state;
    const { topic } = notifications;
    const { bus } = new LiftlockBus(this, 'Events', settings);
    const reach = { items, audit, anchors, bus, clusterQueue: clusters.queue, settings };
    const functions = new Functions(this, 'Functions', { reach, codeOf });
    const machines = new StateMachines(this, 'Machines', {
      functionArn: (name) => functions.get(name).function.functionArn,
    });

    const deadLetters = new DeadLetterQueue(this, 'Undelivered').queue;
    allowRules(deadLetters, 'RulesOfLiftlock');
    const reconciler = functions.get('reconcile-rollouts');
    new EventRules(this, 'Rules', {
      bus,
      reconciler: reconciler.function,
      machineArns: machines.arns,
      starterRoleArns: [...machines.starterRoleArns, ...functions.starterRoleArns],
      clusterQueue: clusters.queue,
      topic,
      deadLetters,
    });
    new Schedules(this, 'Schedules', { functions, deadLetters, auditTableArn: audit.tableArn });
    new AsynchronousCalls(this, 'ReconcileCalls', { target: reconciler });
    for (const name of ['discover-clusters', 'watch-versions', 'refresh-readiness', 'anchor-audit'] as const) {
      new AsynchronousCalls(this, `${name}-calls`, { target: functions.get(name), failures: deadLetters });
    }

    new AuditAnchors(this, 'AuditAnchors', { target: functions.get('anchor-audit'), audit, failures: deadLetters });

    const { api } = new ControlApi(this, 'Control', { handler: functions.get('api').function });
    new ApiPolicies(this, 'Policies', { api });
    new HubMonitoring(this, 'Monitoring', {
      topic,
      auditTable: audit.tableName,
      queues: {
        clusters: clusters.queue,
        'clusters-not-recorded': clusters.deadLetters,
        'events-not-delivered': deadLetters,
        'notifications-not-delivered': notifications.deadLetters,
      },
    });
    new CfnOutput(this, 'ApiUrl', { description: 'LIFTLOCK_API_URL of the command line', value: api.apiEndpoint });
  }
}
