import { type CompiledCalendar, compileCalendar } from '../calendar/compile-calendar.ts';
import type { ParsedConfig } from '../config/check-config.ts';
import { deepFreeze } from '../config/deep-freeze.ts';
import type { CalendarSpec, FleetSpec, UpgradePolicy } from '../config/types.ts';
import type { RegionVersions } from '../contracts/items/cluster.ts';
import { revisionOf } from '../hash/canonical-json.ts';
import type { Inventory } from '../inventory/document/parse-inventory.ts';
import type { ChannelSpec } from '../policy/channels.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { eksVersions } from '../version/support-calendar.ts';

/** The rules of a plan, as people write them; a change of one of them gives another plan. */
export interface PlanRules {
  readonly fleet: FleetSpec;
  /** Policies by name. */
  readonly policies: ReadonlyMap<string, UpgradePolicy>;
  readonly calendars: ReadonlyMap<string, CalendarSpec>;
  readonly channels: ReadonlyMap<string, ChannelSpec>;
}

type Config = Pick<ParsedConfig, 'fleet' | 'policies' | 'calendars' | 'channels'>;

/** The Fleet where none is given: it acts, nothing caps it, and labels are as the inventory has them. */
const NO_FLEET: FleetSpec = {
  mode: 'act',
  accounts: [],
  regions: [],
  spokeRole: { name: 'LiftlockSpoke', externalId: 'offline' },
  caps: {},
  labels: { fromTags: {} },
  tagPrefix: 'liftlock/',
  allowedHosts: [],
};

/**
 * The rules in parsed config files. A Fleet that only observes is planned as one that acts, since a plan says what would happen.
 *
 * @param target replaces the target of every policy
 */
export function planRules(config: Config, target?: UpgradePolicy['spec']['target']): PlanRules {
  const byName = <Item extends { readonly metadata: { readonly name: string } }>(items: readonly Item[]) =>
    items.map((item): [string, Item] => [item.metadata.name, item]);
  const aimed = (policy: UpgradePolicy): UpgradePolicy =>
    target === undefined ? policy : { ...policy, spec: { ...policy.spec, target } };
  return {
    fleet: deepFreeze({ ...(config.fleet?.spec ?? NO_FLEET), mode: 'act' }),
    policies: new Map(byName(config.policies).map(([name, policy]) => [name, aimed(policy)])),
    calendars: new Map(byName(config.calendars).map(([name, { spec }]) => [name, spec])),
    channels: new Map(byName(config.channels).map(([name, { spec }]) => [name, spec])),
  };
}

/** What the reconciler would read if these rules were in force over this inventory and nothing had begun. */
export function offlineSnapshot(rules: PlanRules, inventory: Inventory): FleetSnapshot {
  const { clusters, controls, learned, scans } = inventory;
  const regions = [...new Set(clusters.map(({ region }) => region))];
  return {
    epoch: { number: 1 },
    fleet: rules.fleet,
    control: undefined,
    policies: new Map(
      [...rules.policies].map(([name, policy]) => {
        const revision = revisionOf({ kind: policy.kind, spec: JSON.parse(JSON.stringify(policy.spec)) });
        return [name, { policy, revision, appliedBy: [] }];
      }),
    ),
    unreadablePolicies: [],
    calendars: new Map([...rules.calendars].map(([name, spec]) => [name, compiledOnce(name, spec)])),
    channels: rules.channels,
    learned,
    gateReadings: new Map(),
    takesLooksForMade: true,
    clusters: new Map(clusters.map((cluster) => [cluster.clusterKey, cluster])),
    scans: new Map(scans.map((known) => [known.clusterKey, known])),
    controls: new Map(controls.map((control) => [control.clusterKey, control])),
    regions: new Map(regions.map((region) => [region, builtInVersions(region)])),
    ledger: { counts: {} },
    grants: [],
    upgrades: [],
    rollouts: [],
    waves: [],
    members: [],
  };
}

/** A plan is drawn many times over the same calendars, so what a compiled calendar has worked out is kept. */
const compiled = new WeakMap<CalendarSpec, CompiledCalendar>();

function compiledOnce(name: string, spec: CalendarSpec): CompiledCalendar {
  const known = compiled.get(spec);
  if (known?.name === name) return known;
  const fresh = compileCalendar(name, spec);
  compiled.set(spec, fresh);
  return fresh;
}

/** Every Region offers what EKS has released by the time in question (semantics.md, Target). */
function builtInVersions(region: string): RegionVersions {
  return {
    region,
    versions: eksVersions.map(({ version, release, endOfStandardSupport, endOfExtendedSupport }) => ({
      version,
      status: '',
      releaseDate: release,
      endOfStandardSupport,
      endOfExtendedSupport,
    })),
    announced: [],
    checkedAt: '1970-01-01T00:00:00.000Z',
  };
}
