import type { FleetSpec } from '../config/types.ts';
import type { AccountState, Organization } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import type { Switched } from '../operations/fleet-switch.ts';
import { FLEET, fleetSpec } from '../policy/applied.ts';
import { unnamedIn } from '../policy/cluster-tags.ts';
import type { Ports } from '../ports/ports.ts';
import { stopsOf } from '../protocol/fleet-stops.ts';
import { isWatched } from '../protocol/hop-before.ts';
import { Accounts, Configs, FleetControls, Grants, Ledgers, Organizations, Upgrades } from '../store/entities.ts';
import { load, ofKind } from '../store/entity.ts';

/** The fleet as a whole: whether anything may change, who stopped it, and what could be read. */
export type FleetStatus = Awaited<ReturnType<typeof fleetStatus>> & {
  /** Version of the time-zone data that windows are judged by where Liftlock runs: `2026c`. */
  readonly timeZoneData?: string | undefined;
};

export async function fleetStatus(ports: Pick<Ports, 'table'>) {
  const { table } = ports;
  const [config, control, accounts, organization, records, active] = await Promise.all([
    load(table, Configs, 'Fleet', FLEET),
    load(table, FleetControls),
    table.queryPartition('ACCOUNTS'),
    load(table, Organizations),
    loadLivingRecords(table),
    upgradesUnderWay(table),
  ]);
  const spec = fleetSpec(config?.data);
  const stopped = control?.data.stopped === true;
  return {
    /** Null while no Fleet is applied, or when this version cannot read it: then nothing acts. */
    mode: spec?.mode ?? null,
    stopped,
    stoppedBy: stopped ? (control.data.by ?? null) : null,
    stoppedAt: stopped ? (control.data.at ?? null) : null,
    stopReason: stopped ? (control.data.reason ?? null) : null,
    /** Who has stopped it as well since; `fleet resume` lifts these too. */
    stoppedToo: stopsOf(control?.data).slice(1),
    revision: config?.data.revision ?? null,
    appliedBy: config?.data.appliedBy ?? null,
    appliedAt: config?.data.appliedAt ?? null,
    spec: spec ?? null,
    clusters: records.length,
    ...active,
    /** Accounts that the Fleet names. An organization that cannot be listed is shown as one that cannot be read. */
    accounts: [
      ...unlisted(spec, organization?.data),
      ...ofKind(accounts, Accounts)
        .filter((state) => spec === undefined || unnamedIn(spec, state) === undefined)
        .map(({ names: _, ...state }) => state),
    ],
  };
}

/** What a fleet that is stopped or goes on has under way. */
async function upgradesUnderWay(table: Ports['table']) {
  const [ledger, active] = await Promise.all([load(table, Ledgers), table.queryActive()]);
  const grants = ofKind(active, Grants);
  // One that has just parked is in flight until its grant is freed, a moment later.
  const isGranted = (one: Upgrade) =>
    grants.some((each) => each.clusterKey === one.clusterKey && each.upgradeId === one.id);
  const parked = ofKind(active, Upgrades).filter((one) => one.status === 'Parked' && !isGranted(one));
  return {
    /**
     * Upgrades that have a grant, and so may act right now (semantics.md, In flight, and caps). A rollout also counts upgrades that are parked
     * half-way.
     */
    upgradesInFlight: grants.length,
    upgradesParked: parked.length,
    /** How many of the parked upgrades are watched. */
    upgradesWatched: parked.filter(isWatched).length,
    /** How many of the upgrades in flight count against each cap. */
    capCounts: ledger?.data.counts ?? {},
  };
}

/** What an order to stop or to go on answers: the switch as it stands since, and the stops that stood before. */
export type TurnedSwitch = Awaited<ReturnType<typeof turnedSwitch>>;

/**
 * The switch is turned whatever can be read of the fleet, so nothing that is read afterwards fails the order: `underWay` is null then.
 */
export async function turnedSwitch({ table }: Pick<Ports, 'table'>, { control, before }: Switched) {
  const reads = [load(table, Configs, 'Fleet', FLEET), upgradesUnderWay(table)] as const;
  const read = await Promise.all(reads).catch(() => undefined);
  const [config, underWay] = read ?? [];
  return {
    stopped: control.stopped,
    stops: stopsOf(control),
    before,
    underWay: underWay === undefined ? null : { spec: fleetSpec(config?.data) ?? null, ...underWay },
  };
}

function unlisted(spec: FleetSpec | undefined, organization: Organization | undefined): Omit<AccountState, 'names'>[] {
  if (spec?.organizationId === undefined || organization?.unlisted?.organizationId !== spec.organizationId) return [];
  const { why: reason, since: checkedAt } = organization.unlisted;
  return [{ account: spec.organizationId, region: '-', status: 'Denied', reason, clusters: 0, checkedAt }];
}
