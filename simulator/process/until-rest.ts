import type { Wave } from '../../core/contracts/items/rollout.ts';
import type { AnyCode } from '../../core/contracts/reasons.ts';
import { waveNamed } from '../../core/policy/wave-of.ts';
import { isUndo } from '../../core/protocol/undo.ts';
import { decide } from '../../core/rollout/decide.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { Grants, Members, Upgrades, Waves } from '../../core/store/entities.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { RunView } from './run-view.ts';

export interface RunOptions {
  /** The latest end of the run. */
  readonly until: Date;
  /** It ends earlier once nothing has moved for this many hours, and nothing outside is expected. */
  readonly quietHours?: number;
  /** It does not end earlier, however quiet it is, because something invisible is still to come. */
  readonly notBefore?: Date;
  /** It does not end while this returns true: an answer from outside is still to come. */
  readonly isExpected?: () => boolean;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
  /** Simulated people, called every ten minutes; true while an answer is still to come. */
  readonly people?: () => Promise<boolean>;
  /** Called at rest; true when it did something that makes the run continue. */
  readonly onRest?: () => Promise<boolean>;
}

const STEP_MILLISECONDS = 10 * 60_000;

/** Runs the clock until the fleet is at rest. Returns whether it came to rest in time. */
export async function untilRest(view: RunView, clock: VirtualClock, options: RunOptions): Promise<boolean> {
  const quietMilliseconds = (options.quietHours ?? 3) * 3_600_000;
  let quietSince: number | undefined;
  while (clock.now() < options.until && options.signal?.aborted !== true) {
    await clock.runUntil(new Date(clock.now().getTime() + STEP_MILLISECONDS), options.signal);
    const now = clock.now().getTime();
    const early = options.notBefore !== undefined && now < options.notBefore.getTime();
    const answers = (await options.people?.()) ?? false;
    const expected = early || answers || options.isExpected?.() === true;
    // Near the end of the run it cannot rest for long enough, so the check is left out.
    const ends = (quietSince ?? now) + quietMilliseconds > options.until.getTime() + STEP_MILLISECONDS;
    if (expected || ends || !(await isAtRest(view, options.until))) quietSince = undefined;
    else quietSince ??= now;
    if (quietSince === undefined || now - quietSince < quietMilliseconds) continue;
    if ((await options.onRest?.()) !== true) return true;
    quietSince = undefined;
  }
  return false;
}

/**
 * Nothing runs and nothing will by itself: no execution, no grant, no upgrade that resumes, no outside actor still to come. A parked upgrade or a
 * pending member that waits for a person is at rest, and so is one whose window opens after `before`, the end of the run.
 */
async function isAtRest(world: RunView, before?: Date): Promise<boolean> {
  const now = world.clock.now();
  if (world.eks.state.actors.some((actor) => actor.at > now.getTime())) return false;
  const active = await world.table.queryActive();
  if (active.some(({ kind }) => kind === Grants.kind)) return false;
  if (!active.some(({ kind }) => MOVING.has(kind))) return true;
  const snapshot = await loadSnapshot(world.table, active, 'motion');
  const { rollouts, upgrades, members, waves } = snapshot;
  if (upgrades.some(({ status }) => status === 'Running')) return false;
  const running = new Set(rollouts.filter(({ status }) => status === 'Running').map(({ id }) => id));
  // A parked upgrade or waiting member of a halted, paused or aborted rollout waits for a person.
  const goesOn = (rolloutId: string | undefined): boolean => rolloutId === undefined || running.has(rolloutId);
  // An upgrade that a hold blocks waits for a person too.
  const isHeld = (clusterKey: string): boolean => snapshot.controls.get(clusterKey)?.held !== undefined;
  // A member that was set aside joins again when the reason ends, whatever its upgrade waited for before.
  const setAside = new Set(
    members.filter(({ status }) => status === 'Quarantined').map(({ clusterKey }) => clusterKey),
  );
  // A hold does not block an undo of an upgrade's changes.
  if (upgrades.some((upgrade) => isUndo(upgrade) && upgrade.resumeAt !== undefined)) return false;
  const resumes = [...upgrades, ...members].filter(
    ({ resumeAt, clusterKey }) => resumeAt !== undefined && !setAside.has(clusterKey),
  );
  const { waiting } = decide(snapshot, now);
  // What is due, and is refused for a tag of its cluster, waits for whoever changes that.
  const refused = waiting.filter(({ reasons }) => reasons.some(({ code }) => OF_TAGS.includes(code)));
  const tagged = new Set(refused.map(({ clusterKey }) => clusterKey));
  const isTagged = ({ clusterKey, resumeAt = '' }: (typeof resumes)[number]): boolean =>
    new Date(resumeAt) <= now && tagged.has(clusterKey);
  const go = resumes.filter((one) => goesOn(one.rolloutId) && !isHeld(one.clusterKey) && !isTagged(one));
  if (go.length > 0) return false;
  const policyOf = new Map(rollouts.map(({ id, policy }) => [id, snapshot.policies.get(policy)?.policy]));
  // A wave that the policy no longer has soaks until a person promotes it.
  const hasRules = ({ rolloutId, name }: Wave): boolean => waveNamed(policyOf.get(rolloutId), name) !== undefined;
  if (waves.some((wave) => goesOn(wave.rolloutId) && hasRules(wave) && soaksByItself(wave))) return false;
  // A member for which a window opens needs only time.
  return !waiting.some(({ rolloutId, until }) => {
    if (until === undefined || !goesOn(rolloutId)) return false;
    const at = new Date(until);
    return at > now && (before === undefined || at < before);
  });
}

const OF_TAGS: readonly AnyCode[] = ['BadTag', 'Excluded', 'Pinned'];
const MOVING = new Set([Members.kind, Upgrades.kind, Waves.kind]);

/** A gate that is not green waits for an outside change, and a rollback that has failed half-way for a person. */
const soaksByItself = ({ status, gates, goingBack = [] }: Wave): boolean =>
  status === 'Soaking' && goingBack.length === 0 && (gates?.readings ?? []).every((one) => one.status === 'green');
