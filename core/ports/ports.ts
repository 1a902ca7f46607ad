import type { AccountReader } from './account.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { ClusterReaders } from './cluster-reader.ts';
import type { Ec2Reader, LaunchTemplates } from './ec2.ts';
import type { EksMutator, EksReader } from './eks.ts';
import type { Executions } from './executions.ts';
import type { HookJobs } from './hook-jobs.ts';
import type { NodeOperators } from './node-operator.ts';
import type {
  Clock,
  ClusterQueue,
  EventBus,
  GateReader,
  Hooks,
  Ids,
  Organization,
  OwnerAddresses,
  UrlProbe,
} from './outside.ts';
import type { Prometheus } from './prometheus.ts';
import type { Silences } from './silences.ts';
import type { Table } from './table.ts';

/** Everything outside of the core, by name. A use case takes only the ports that it needs: `Pick<Ports, 'table' | 'clock'>`. */
export interface Ports {
  readonly table: Table;
  readonly eks: EksReader;
  readonly mutator: EksMutator;
  readonly ec2: Ec2Reader;
  readonly templates: LaunchTemplates;
  readonly account: AccountReader;
  readonly silences: Silences;
  readonly clusters: ClusterAccess;
  readonly readers: ClusterReaders;
  readonly nodes: NodeOperators;
  readonly jobs: HookJobs;
  readonly executions: Executions;
  readonly events: EventBus;
  readonly queue: ClusterQueue;
  readonly organization: Organization;
  readonly probe: UrlProbe;
  readonly prometheus: Prometheus;
  readonly gates: GateReader;
  readonly hooks: Hooks;
  readonly addresses: OwnerAddresses;
  readonly clock: Clock;
  readonly ids: Ids;
}
