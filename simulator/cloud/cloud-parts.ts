import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Runner } from '../asl/runner/runner.ts';
import type { IamDirectory } from '../iam/principals/iam-directory.ts';
import type { Requirement } from '../iam/requirements/requirement.ts';
import type { Alarms } from './alarms/alarms.ts';
import type { HttpApi } from './api/http-api.ts';
import type { EventBuses } from './events/event-buses.ts';
import type { Functions } from './lambda/functions.ts';
import type { PollerHost } from './lambda/queue-poller.ts';
import type { Logs } from './logs/logs.ts';
import type { ExecutionLogs } from './machines/execution-logs.ts';
import type { Buckets } from './objects/buckets.ts';
import type { Queues } from './queues/queues.ts';
import type { ResourcePolicies } from './resource-policies.ts';
import type { Schedules } from './schedules/schedules.ts';
import type { KeptState } from './state/kept-state.ts';
import type { StreamPollerHost } from './streams/stream-poller.ts';
import type { TableStreams } from './streams/table-streams.ts';
import type { Assembly } from './template/assembly.ts';
import type { Topics } from './topics/topics.ts';

/** A table whose items go after their time, as the template asks. */
export interface ExpiringTable {
  readonly name: string;
  readonly attribute: string;
}

/** What stacks are installed into. */
export interface CloudParts {
  readonly assembly: Assembly;
  readonly directory: IamDirectory;
  readonly policies: ResourcePolicies;
  readonly dynamo: DynamoDBClient;
  readonly expiring: ExpiringTable[];
  readonly queues: Queues;
  readonly buckets: Buckets;
  readonly streams: TableStreams;
  readonly kept: KeptState;
  readonly topics: Topics;
  readonly buses: EventBuses;
  readonly functions: Functions;
  readonly pollers: PollerHost & StreamPollerHost;
  readonly machines: Runner;
  readonly schedules: Schedules;
  readonly logs: Logs;
  readonly executionLogs: ExecutionLogs;
  readonly alarms: Alarms;
  /** Makes the API of an id, the first time it is asked for. */
  readonly api: (apiId: string, place: { readonly account: string; readonly region: string }) => HttpApi;
  /** Checks what a service asks of a role when a resource that names it is made. */
  readonly useRole: (roleArn: string, service: string, sourceArn: string, needed: readonly Requirement[]) => void;
}
