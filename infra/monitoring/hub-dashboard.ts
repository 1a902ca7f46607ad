import { Dashboard, GraphWidget, type IWidget, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type FunctionName, MACHINE_NAMES } from '../../core/contracts/names.ts';
import type { MonitoredQueues } from './hub-monitoring.ts';
import { lambdaMetric, machineMetric, ownMetric, sumOf } from './metrics.ts';

const HALF = 12;
const RECONCILER = 'reconcile-rollouts';

/** What an operator looks at first: does the loop turn, what runs, what failed, and what waits. */
export class HubDashboard extends Construct {
  constructor(scope: Construct, id: string, { queues }: { readonly queues: MonitoredQueues<IQueue> }) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: 'liftlock',
      defaultInterval: Duration.days(1),
    });
    dashboard.addWidgets(
      new TextWidget({
        markdown:
          'Liftlock. Why a cluster is or is not upgrading: `liftlock explain cluster NAME`. Alarms: docs/runbook.md',
        width: 2 * HALF,
        height: 2,
      }),
    );
    dashboard.addWidgets(this.#reconciler(), this.#waiting());
    dashboard.addWidgets(this.#machines(), this.#faults());
    dashboard.addWidgets(this.#inventory(), this.#queues(queues));
  }

  #reconciler(): IWidget {
    const left = (['Ticks', 'DecisionsApplied', 'DecisionProblems'] as const).map((name) =>
      ownMetric(RECONCILER, name),
    );
    const right = [
      lambdaMetric(RECONCILER, 'Duration', { period: Duration.minutes(5), statistic: Stats.percentile(99) }),
    ];
    return new GraphWidget({ title: 'Reconciler', width: HALF, left, right });
  }

  #waiting(): IWidget {
    const window = { period: Duration.minutes(5), statistic: Stats.MAXIMUM };
    const left = (['UpgradesWaiting', 'UpgradesStuck'] as const).map((name) => ownMetric(RECONCILER, name, window));
    return new GraphWidget({ title: 'Upgrades that wait', width: HALF, left });
  }

  #machines(): IWidget {
    const left = ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed'].map((name) =>
      machineMetric('upgrade-cluster', name),
    );
    const right = MACHINE_NAMES.map((name) =>
      machineMetric(name, 'ExecutionTime', { period: Duration.hours(1), statistic: Stats.percentile(90) }),
    );
    return new GraphWidget({ title: 'Upgrades of clusters, and how long steps take', width: HALF, left, right });
  }

  #faults(): IWidget {
    const left = GROUP_NAMES.map((group) =>
      sumOf(group, FUNCTION_GROUPS[group], (name) => lambdaMetric(name, 'Errors')),
    );
    return new GraphWidget({ title: 'Faults', width: HALF, left });
  }

  #inventory(): IWidget {
    const window = { period: Duration.hours(1) };
    const left = (['ClustersQueued', 'ScopesRead', 'ScopesUnreadable'] as const).map((name) =>
      ownMetric('discover-clusters', name, window),
    );
    return new GraphWidget({ title: 'Inventory', width: HALF, left });
  }

  #queues(queues: MonitoredQueues<IQueue>): IWidget {
    const left = Object.values(queues).map((queue) => queue.metricApproximateNumberOfMessagesVisible());
    return new GraphWidget({ title: 'Queues', width: HALF, left });
  }
}

/** Functions that one alarm watches together, since the same person does the same thing about them. */
export const FUNCTION_GROUPS = {
  reconciler: ['reconcile-rollouts'],
  inventory: ['discover-clusters', 'record-clusters', 'watch-versions', 'refresh-readiness'],
  upgrades: [
    'request-grant',
    'scan-cluster',
    'update-addons',
    'upgrade-control-plane',
    'list-node-groups',
    'roll-node-group',
    'smoke-check',
    'conclude-upgrade',
  ],
  api: ['api'],
  audit: ['anchor-audit'],
} as const satisfies Readonly<Record<string, readonly FunctionName[]>>;
export type FunctionGroup = keyof typeof FUNCTION_GROUPS;

export const GROUP_NAMES = Object.keys(FUNCTION_GROUPS) as FunctionGroup[];
