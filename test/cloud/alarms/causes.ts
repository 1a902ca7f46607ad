import type { AccountState } from '../../../core/contracts/items/cluster.ts';
import { MACHINE_NAMES } from '../../../core/contracts/names.ts';
import { definition as anchor } from '../../../functions/anchor-audit/function.ts';
import { definition as api } from '../../../functions/api/function.ts';
import { definition as discover } from '../../../functions/discover-clusters/function.ts';
import { definition as reconcile } from '../../../functions/reconcile-rollouts/function.ts';
import { definition as record } from '../../../functions/record-clusters/function.ts';
import { definition as refresh } from '../../../functions/refresh-readiness/function.ts';
import { definition as watch } from '../../../functions/watch-versions/function.ts';
import type { Datum } from '../../../simulator/cloud/metrics/metrics.ts';
import { executionData, functionDatum, queueData } from '../../../simulator/cloud/metrics/service-metrics.ts';
import type { Message } from '../../../simulator/cloud/queues/queue.ts';
import { published } from './published.ts';

/** What is published in one minute of the day, from minute 0 on. */
export type Source = (minute: number, at: number) => readonly Datum[];

const MINUTE = 60_000;
const every =
  (minutes: number, data: readonly Datum[]): Source =>
  (minute, at) =>
    minute % minutes === 0 ? data.map((datum) => ({ ...datum, at })) : [];

/** What the functions on schedules publish while all is well, and how it is when it is not. */
const tick = { look: 'active' as const, applied: 0, waiting: 0, stuck: 0, problems: [] };
const overdue = { approvals: 0, gates: 0, halted: 0 };
const ticks = (minutes: number, more: object): Promise<Source> =>
  published(reconcile, { ...tick, overdue, ...more } as never).then((data) => every(minutes, data));
const unreadable = { status: 'Denied' } as AccountState;
const discoveries = (accounts: readonly AccountState[]) => published(discover, { items: 3, accounts } as never);
const watches = (regions: readonly string[]) => published(watch, { announced: 0, unreadable: [...regions] });

const swept = (output: object) => published(anchor, { anchored: 0, tampered: 0, late: 0, ...output });

export interface Schedules {
  readonly 'anchor-audit': number;
  readonly 'reconcile-rollouts': number;
  readonly 'discover-clusters': number;
  readonly 'watch-versions': number;
  readonly 'refresh-readiness': number;
}

const patches = { behind: 0, overdue: 0, oldestImageDays: 0 };

/** What is published while all is well, by the function that does; `rates` in minutes, as the template has them. */
export const wellOf = async (rates: Schedules): Promise<Readonly<Record<keyof Schedules, Source>>> => ({
  'anchor-audit': every(rates['anchor-audit'], await swept({})),
  'reconcile-rollouts': await ticks(rates['reconcile-rollouts'], {}),
  'discover-clusters': every(rates['discover-clusters'], await discoveries([])),
  'watch-versions': every(rates['watch-versions'], await watches([])),
  'refresh-readiness': every(
    rates['refresh-readiness'],
    await published(refresh, { started: 1, patches, told: 0, refused: 0 }),
  ),
});

export interface Cause {
  /** In the place of what these functions publish when they are well. */
  readonly instead: Readonly<Partial<Record<keyof Schedules, Source>>>;
  /** Beside everything else. */
  readonly also?: Source;
  /** How long it is played, and all is well before; absent = six hours, after three. */
  readonly days?: number;
}

const silent: Source = () => [];
const also = (source: Source): Cause => ({ instead: {}, also: source });
const errors = (name: string, minutes: number): Cause =>
  also(every(minutes, [functionDatum(`liftlock-${name}`, 'Errors', 0)]));
const throttles = (name: string, number: number): Cause =>
  also(every(1, Array(number).fill(functionDatum(`liftlock-${name}`, 'Throttles', 0))));
const once =
  (data: readonly Datum[]): Source =>
  (minute, at) =>
    minute === 100 ? data.map((datum) => ({ ...datum, at })) : [];

/** A message that nobody takes, from minute 100 on. */
function waiting(queue: string, start: number): Source {
  const sentAt = start + 100 * MINUTE;
  const message = { sentAt, visibleAt: sentAt } as Message;
  return (_, at) => queueData(queue, [message], at, at + MINUTE);
}

/** Nothing here makes AWS itself fail: its own counts, under the names and dimensions that it documents. */
const ofAws = (namespace: string, name: string, dimensions: Record<string, string>): Datum => ({
  ...{ namespace, name, dimensions, at: 0, value: 1 },
});

/** What rings each alarm. `names` are physical names, by logical ids; `machine` gives an ARN. */
export async function causesOf(
  rates: Schedules,
  names: (prefix: string) => string,
  machine: (name: string) => string,
  start: number,
): Promise<Readonly<Record<string, Cause>>> {
  const minutely = rates['reconcile-rollouts'];
  const reconciler = async (more: object): Promise<Cause> => ({
    instead: { 'reconcile-rollouts': await ticks(minutely, more) },
  });
  const hourlyLook = async (more: object): Promise<Cause> => ({
    ...(await reconciler({ overdue: { ...overdue, halted: undefined } })),
    also: await ticks(60, more),
  });
  const ended = (status: string, of = MACHINE_NAMES[0] as string) => also(once(executionData(machine(of), status, 0)));
  const audit = ofAws('AWS/DynamoDB', 'SystemErrors', {
    TableName: names('AuditTable'),
    Operation: 'TransactWriteItems',
  });
  return {
    'reconciler/heartbeat-missing': { instead: { 'reconcile-rollouts': silent } },
    'reconciler/decision-problems': await reconciler({ problems: [{ decision: 'grant', error: 'x', message: 'x' }] }),
    'upgrades/stuck': await reconciler({ stuck: 1 }),
    'rollouts/approval-overdue': await hourlyLook({ overdue: { ...overdue, approvals: 1 } }),
    'rollouts/gates-not-green': await hourlyLook({ overdue: { ...overdue, gates: 1 } }),
    'rollouts/halted': await hourlyLook({ overdue: { ...overdue, halted: 1 } }),
    // A function that fails publishes nothing of what it does when it ends.
    'reconciler/function-errors': {
      ...errors('reconcile-rollouts', minutely),
      instead: { 'reconcile-rollouts': silent },
    },
    // To Lambda these two have succeeded.
    'inventory/function-errors': also(
      every(5, await published(record, { batchItemFailures: [{ itemIdentifier: 'm' }] })),
    ),
    'upgrades/function-errors': errors('roll-node-group', 5),
    'api/function-errors': also(every(5, await published(api, { statusCode: 500 } as never))),
    'reconciler/function-throttles': throttles('reconcile-rollouts', 2),
    'inventory/function-throttles': throttles('record-clusters', 2),
    'upgrades/function-throttles': throttles('upgrade-control-plane', 10),
    'api/function-throttles': throttles('api', 2),
    'inventory/discovery-missing': {
      ...errors('discover-clusters', rates['discover-clusters']),
      instead: { 'discover-clusters': silent },
    },
    'inventory/versions-missing': {
      ...errors('watch-versions', rates['watch-versions']),
      instead: { 'watch-versions': silent },
    },
    'inventory/readiness-missing': {
      ...errors('refresh-readiness', rates['refresh-readiness']),
      instead: { 'refresh-readiness': silent },
    },
    'inventory/accounts-unreadable': {
      instead: { 'discover-clusters': every(rates['discover-clusters'], await discoveries([unreadable])) },
    },
    'inventory/regions-unreadable': {
      instead: { 'watch-versions': every(rates['watch-versions'], await watches(['eu-central-1'])) },
    },
    'machines/failed': ended('FAILED'),
    'machines/timed-out': ended('TIMED_OUT', 'upgrade-cluster'),
    'machines/aborted': ended('ABORTED', 'roll-node-group'),
    'machines/throttled': also(
      every(1, [ofAws('AWS/States', 'ExecutionThrottled', { StateMachineArn: machine('upgrade-cluster') })]),
    ),
    'audit/write-failures': also(every(1, [audit])),
    // A batch of the stream: what was changed, and nothing of a sweep.
    'audit/tampered': also(once(await published(anchor, { anchored: 0, tampered: 1 }))),
    'audit/not-anchored': also(
      every(1, [{ ...functionDatum('liftlock-anchor-audit', 'Errors', 0), name: 'IteratorAge', value: 2 * 3_600_000 }]),
    ),
    'audit/anchored-late': also(once(await swept({ late: 1 }))),
    'audit/sweep-missing': { instead: { 'anchor-audit': silent }, days: 4 },
    'audit/function-errors': errors('anchor-audit', 1),
    'audit/function-throttles': throttles('anchor-audit', 2),
    'events/not-published': also(once(await published(watch, { announced: 0, unreadable: [] }, { EventsLost: 1 }))),
    'queues/clusters-not-recorded': also(waiting(names('ClustersDeadLetters'), start)),
    'queues/events-not-delivered': also(waiting(names('Undelivered'), start)),
    'queues/notifications-not-delivered': also(waiting(names('NotificationsDeadLetters'), start)),
    'queues/clusters-delayed': also(waiting(names('ClustersQueue'), start)),
    'controller/unhealthy': { instead: { 'reconcile-rollouts': silent } },
  };
}
