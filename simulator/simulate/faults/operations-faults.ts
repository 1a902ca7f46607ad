import { fleetSchema } from '../../../core/config/schema/fleet.ts';
import { upgradePolicySchema } from '../../../core/config/schema/upgrade-policy.ts';
import type { ConfigObject } from '../../../core/config/types.ts';
import { applyConfig } from '../../../core/operations/apply-documents.ts';
import { resumeFleet } from '../../../core/operations/fleet-switch.ts';
import { recoverAfterRestore } from '../../../core/operations/restore.ts';
import { FLEET } from '../../../core/policy/applied.ts';
import type { StoredItem } from '../../../core/ports/table.ts';
import { transactWithAudit } from '../../../core/store/audit.ts';
import { Configs } from '../../../core/store/entities.ts';
import { decode, load, replace } from '../../../core/store/entity.ts';
import { machineDefinitions } from '../../process/machines.ts';
import type { World } from '../../process/world.ts';
import type { FaultOf, Later } from './planned-fault.ts';

const ADMIN = 'arn:aws:iam::000000000000:role/admin';
const RESTORE_MINUTES = 2;
const STOPPED_MINUTES = 10;

/** Applies the Fleet and the policies with other numbers. */
export async function changeConfig(
  world: World,
  { total, maxConcurrency, maxFailures, observeMinutes }: FaultOf<'config'>,
  later: Later,
): Promise<void> {
  const applied = (await world.table.queryPartition('CONFIG')).map((item) => decode(Configs, item).data);
  const objects = applied.flatMap(({ kind, document }): ConfigObject[] => {
    if (kind === 'Fleet') {
      const { data: fleet } = fleetSchema.safeParse(document);
      // A document of a later release can only be changed with that release.
      if (fleet === undefined) return [];
      if (total !== undefined) fleet.spec.caps = { ...fleet.spec.caps, total };
      if (observeMinutes !== undefined) fleet.spec.mode = 'observe';
      return [fleet];
    }
    if (kind !== 'UpgradePolicy') return [];
    const { data: policy } = upgradePolicySchema.safeParse(document);
    if (policy === undefined) return [];
    for (const wave of policy.spec.waves) {
      if (maxConcurrency !== undefined) wave.maxConcurrency = maxConcurrency;
      if (maxFailures !== undefined) wave.failureBudget = { ...wave.failureBudget, maxFailures };
    }
    return [policy];
  });
  await applyConfig(world.ports, objects, ADMIN);
  if (observeMinutes !== undefined) later(observeMinutes, () => actAgain(world, later));
}

async function actAgain(world: World, later: Later): Promise<void> {
  const applied = await load(world.table, Configs, 'Fleet', FLEET);
  const { data: fleet } = fleetSchema.safeParse(applied?.data.document);
  if (fleet === undefined) return later(10, () => actAgain(world, later));
  fleet.spec.mode = 'act';
  await applyConfig(world.ports, [fleet], ADMIN);
}

/** A user applies config with a later release and returns to this one, which cannot read the new members until they are removed. */
export async function applyNewerConfig(
  world: World,
  { minutes, policy }: FaultOf<'newer-config'>,
  later: Later,
): Promise<void> {
  const named = policy === undefined ? (['Fleet', FLEET] as const) : (['UpgradePolicy', policy] as const);
  await changeSpec(world, named, (spec) => ({ ...spec, ofTomorrow: true }));
  later(minutes, () => changeSpec(world, named, ({ ofTomorrow: _, ...spec }) => spec));
}

type Spec = Readonly<Record<string, unknown>>;

async function changeSpec(
  { table, clock }: World,
  named: readonly ['Fleet' | 'UpgradePolicy', string],
  change: (spec: Spec) => Spec,
): Promise<void> {
  const read = await load(table, Configs, ...named);
  if (read === undefined) return;
  const document = { ...read.data.document, spec: change(read.data.document.spec as Spec) };
  const entry = { subject: 'fleet', event: 'ConfigApplied', principal: ADMIN, detail: {} };
  await transactWithAudit(table, [replace(Configs, read, { ...read.data, document })], [entry], clock.now());
}

/** The same files are deployed again: running executions keep their definition, new ones get the new one. */
export function deploy(world: World, release: number): void {
  for (const { arn, definition } of machineDefinitions())
    world.runner.machines.update(arn, { definition: { ...(definition as object), Comment: `release ${release}` } });
}

/** A table at a point in time. */
interface Copy {
  readonly at: Date;
  readonly items: readonly StoredItem[];
}

/**
 * Switches the mutators off and, after their grace, restores the table of `back` minutes before, once and again. People follow docs/runbook.md. The
 * next restore may bring back what a restore has dropped.
 */
export function restoreLater(world: World, { back, again = [] }: FaultOf<'restored'>, later: Later): void {
  let minute = back;
  for (const next of [{ after: 0, back }, ...again]) {
    minute += next.after;
    let copy: Copy;
    later(Math.max(0, minute - next.back), async () => {
      copy = { at: world.clock.now(), items: world.table.snapshot() };
    });
    later(minute, async () => restore(world, copy, later));
    minute += RESTORE_MINUTES;
  }
}

function restore(world: World, { at, items }: Copy, later: Later): void {
  const now = world.clock.now();
  // Calls fail as with a reserved concurrency of 0.
  world.switchedOff = true;
  later(RESTORE_MINUTES, async () => {
    world.table.resetTo(items);
    await recoverAfterRestore(world, { restoredTo: at, mutatorsOffSince: now, by: ADMIN });
    world.switchedOff = false;
    later(STOPPED_MINUTES, async () => void (await resumeFleet(world.ports, ADMIN)));
  });
}
