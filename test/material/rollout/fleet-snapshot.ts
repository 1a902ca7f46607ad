import { parseConfig } from '../../../core/config/parse-config.ts';
import type { ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import type { FleetSnapshot } from '../../../core/rollout/snapshot.ts';

/** What a test says of a fleet; specs of policies by name and caps of the Fleet are as in config files. */
export interface SmallFleet {
  readonly clusters: readonly ClusterRecord[];
  readonly policies: Readonly<Record<string, object>>;
  readonly caps?: object;
  /** What EKS offers. */
  readonly versions?: readonly string[];
}

const apiVersion = 'liftlock/v1alpha1';

/** A fleet that may act and in which nothing is under way. The revision of a policy is its spec as JSON. */
export function fleetSnapshot({
  clusters,
  policies,
  caps = {},
  versions = ['1.35', '1.36', '1.37'],
}: SmallFleet): FleetSnapshot {
  const accounts = [...new Set(['111111111111', ...clusters.map(({ account }) => account)])];
  const scope = { accounts, regions: ['eu-central-1'], spokeRole: { externalId: 'xx' } };
  const documents = [
    { kind: 'Fleet', metadata: { name: 'f' }, spec: { mode: 'act', ...scope, caps } },
    ...Object.entries(policies).map(([name, spec]) => ({ kind: 'UpgradePolicy', metadata: { name }, spec })),
  ].map((document) => JSON.stringify({ apiVersion, ...document }));
  const parsed = parseConfig([{ path: 'x', text: documents.join('\n---\n') }]);
  if (parsed.fleet === undefined || parsed.errors.length > 0) throw new Error(JSON.stringify(parsed.errors));
  const region = {
    region: 'eu-central-1',
    versions: versions.map(offered),
    announced: [],
    checkedAt: '2026-11-20T12:00:00.000Z',
  };
  return {
    epoch: { number: 1 },
    fleet: parsed.fleet.spec,
    control: undefined,
    policies: new Map(
      parsed.policies.map((policy) => {
        const { name } = policy.metadata;
        return [name, { policy, revision: JSON.stringify(policies[name]), appliedBy: ['x'] }];
      }),
    ),
    unreadablePolicies: [],
    calendars: new Map(),
    channels: new Map(),
    learned: undefined,
    gateReadings: new Map(),
    clusters: new Map(clusters.map((one) => [one.clusterKey, one])),
    controls: new Map(),
    regions: new Map([[region.region, region]]),
    ledger: { counts: {} },
    grants: [],
    upgrades: [],
    rollouts: [],
    waves: [],
    members: [],
  };
}

/** What EKS says of a version that it offers. */
export const offered = (version: string) => ({
  version,
  status: 'STANDARD_SUPPORT',
  defaultVersion: false,
  releaseDate: '2026-01-01T00:00:00.000Z',
  endOfStandardSupport: '2027-12-01T00:00:00.000Z',
  endOfExtendedSupport: '2028-12-01T00:00:00.000Z',
});
