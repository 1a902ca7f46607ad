import type { Runner } from '../asl/runner/runner.ts';
import type { IamDirectory } from '../iam/principals/iam-directory.ts';
import type { Requirement } from '../iam/requirements/requirement.ts';
import type { HttpApi } from './api/http-api.ts';
import type { PollerHost } from './lambda/queue-poller.ts';
import type { LocalCloud } from './local-cloud.ts';
import type { StreamPollerHost } from './streams/stream-poller.ts';
import type { Assembly } from './template/assembly.ts';

type OfCloud =
  | ('policies' | 'dynamo' | 'expiring' | 'queues' | 'buckets' | 'streams' | 'kept' | 'topics' | 'buses')
  | ('functions' | 'schedules' | 'logs' | 'executionLogs' | 'alarms');

/** The parts that stacks are installed into. */
export interface CloudParts extends Pick<LocalCloud, OfCloud> {
  readonly assembly: Assembly;
  readonly directory: IamDirectory;
  readonly pollers: PollerHost & StreamPollerHost;
  readonly machines: Runner;
  /** Creates the API of an id on the first call. */
  readonly api: (apiId: string, place: { readonly account: string; readonly region: string }) => HttpApi;
  /** Checks a service's permissions in a role when a resource that names the role is created. */
  readonly useRole: (roleArn: string, service: string, sourceArn: string, needed: readonly Requirement[]) => void;
}
