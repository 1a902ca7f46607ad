import { calendarSchema } from '../../../core/config/schema/calendar.ts';
import { AT_REST } from '../../../core/contracts/items/rollout.ts';
import { applyDocuments } from '../../../core/operations/apply-documents.ts';
import { Configs, Rollouts } from '../../../core/store/entities.ts';
import { load } from '../../../core/store/entity.ts';
import { loadAllMembers } from '../../process/load-all-members.ts';
import type { World } from '../../process/world.ts';
import { CHANGE_CONTROL } from '../fleet/synthetic-calendars.ts';
import { FLEET_GATE } from '../fleet/synthetic-waves.ts';
import { tried } from '../people/tried.ts';
import type { FaultOf } from './planned-fault.ts';

/** Another person than the one who applied the config first, so that four eyes exclude someone else. */
const AUTHOR = 'arn:aws:iam::000000000000:role/author';

/** Applies a changed calendar. A calendar that the parser of config files refuses stays as it is. */
export async function changeCalendar(world: World, fault: FaultOf<'calendar'>): Promise<void> {
  const { calendar: name, change, minute, minutes } = fault;
  const applied = await load(world.table, Configs, 'Calendar', name);
  if (applied === undefined) return;
  const { spec, ...rest } = calendarSchema.parse(applied.data.document);
  const now = world.clock.now().getTime();
  const later = new Date(now + minutes * 60_000);
  const changed = {
    freeze: () => {
      const [from, to] = [new Date(now), later].map((at) => `${at.toISOString().slice(0, 19)}Z`);
      return { ...spec, freezes: [...spec.freezes, { name: `incident-${minute}`, from, to, reason: 'an incident' }] };
    },
    shift: () => {
      const schedule = `${later.getUTCMinutes()} ${later.getUTCHours()} * * *`;
      return { ...spec, timeZone: 'UTC', windows: [{ name: 'moved', schedule, duration: '10h' }] };
    },
    'always-open': () => ({ ...spec, windows: [] }),
    zone: () => ({ ...spec, timeZone: minutes % 2 === 0 ? 'Pacific/Auckland' : 'America/St_Johns' }),
  }[change]();
  await apply(world, { ...rest, spec: changed });
}

interface WaveDocument {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Applies a policy with another plan. `turn` makes the new names of waves different. */
export async function changePolicy(
  world: World,
  { policy: name, change, wave }: Pick<FaultOf<'policy'>, 'policy' | 'change' | 'wave'>,
  turn: number,
): Promise<void> {
  const applied = await load(world.table, Configs, 'UpgradePolicy', name);
  if (applied === undefined) return;
  const document = applied.data.document as { readonly spec: { readonly waves: readonly WaveDocument[] } };
  const { waves } = document.spec;
  const at = waves.findIndex((one) => one.name === wave);
  const own = waves[at];
  if (own === undefined) return;
  const replaced = (next: WaveDocument) => waves.with(at, next);
  const changed = {
    'rename-wave': () => replaced({ ...own, name: `${wave}-${turn}` }),
    'remove-wave': () => waves.filter((one) => one !== own),
    'swap-waves': () => [...waves.slice(0, at), ...waves.slice(at + 1, at + 2), own, ...waves.slice(at + 2)],
    'ask-approval': () => replaced({ ...own, approval: { approvals: 1 } }),
    soak: () => replaced({ ...own, soak: '1h' }),
    'no-soak': () => replaced({ ...own, soak: undefined, gates: [] }),
    bake: () => replaced({ ...own, bake: own.bake === undefined ? '20m' : undefined }),
    watch: () => replaced({ ...own, watch: own.watch === undefined ? '20m' : undefined }),
    gate: () => replaced({ ...own, gates: [{ alarm: FLEET_GATE }] }),
    calendar: () => replaced({ ...own, calendar: own.calendar === undefined ? CHANGE_CONTROL : undefined }),
  }[change]();
  await apply(world, { ...document, spec: { ...document.spec, waves: changed } });
}

/** The same for the policy and the wave that upgrade a cluster. */
export async function changePolicyOf(
  world: World,
  clusterKey: string | undefined,
  change: FaultOf<'policy'>['change'],
  turn: number,
): Promise<void> {
  const members = (await loadAllMembers(world.table)).filter((member) => member.clusterKey === clusterKey);
  for (const { rolloutId, waveIndex } of members) {
    const rollout = (await load(world.table, Rollouts, rolloutId))?.data;
    const wave = rollout?.waves[waveIndex];
    if (rollout === undefined || wave === undefined || AT_REST.includes(rollout.status)) continue;
    await changePolicy(world, { policy: rollout.policy, change, wave }, turn);
  }
}

async function apply(world: World, document: unknown): Promise<void> {
  await tried(applyDocuments(world.ports, [document], AUTHOR, { dryRun: false }));
}
