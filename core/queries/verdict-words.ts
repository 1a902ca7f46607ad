import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { fleetRefusals, haltRefusals, OBSERVE_MODE } from '../protocol/standing-refusals.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { mayGoOn, waysOn } from '../rollout/wave-end.ts';
import type { WholeRollout } from './place-of.ts';

/** The part of an explanation that the verdict gives. */
export interface Verdict {
  /** Never empty. */
  readonly reasons: readonly Reason[];
  readonly when: {
    /** Null when no instant is known. */
    readonly at: string | null;
    /** What must happen before, as a sentence; null when nothing will happen by itself. */
    readonly condition: string | null;
  };
}

export const after = (condition: string, at?: string | null) => ({ at: at ?? null, condition });
/** Of a cluster that is being deleted. */
export const GONE = after('It is gone: then nothing is left to be done for it.');

export function said(when: Verdict['when'], ...reasons: readonly Reason[]): Verdict {
  const unique = reasons.filter(
    (one, index) => reasons.findIndex(({ code, message }) => code === one.code && message === one.message) === index,
  );
  return { reasons: unique, when };
}

/** The refusals that the Fleet's mode, or a stop, gives to every cluster. */
export const refusedByFleet = ({ fleet, control }: FleetSnapshot): Reason[] =>
  fleet === undefined ? [] : fleetRefusals(fleet, control);

export const andResume = (refused: readonly Reason[]): string =>
  refused.some(({ code }) => code === 'FleetStopped') ? '; and somebody runs: liftlock fleet resume' : '';

/**
 * The verdict of `ask` about a rollout that is to come, with the Fleet taken as acting: nothing begins before the Fleet acts, nor while the fleet is
 * stopped.
 */
export function onceFleetActs(snapshot: FleetSnapshot, ask: (acting: FleetSnapshot) => Verdict): Verdict {
  const { fleet } = snapshot;
  if (fleet === undefined) {
    const text = 'No Fleet is applied, so nothing may be changed.';
    return said(after('Somebody runs: liftlock apply -f fleet.yaml'), reason('FleetNotConfigured', text));
  }
  const asked = ask({ ...snapshot, fleet: { ...fleet, mode: 'act' } });
  const { when, reasons } = fleet.mode === 'act' ? asked : whileObserving(asked);
  const stop = refusedByFleet(snapshot).filter(({ code }) => code === 'FleetStopped');
  const condition = when.condition && `${when.condition.replace(/\.$/, '')}${andResume(stop)}`;
  return stop.length === 0 ? { when, reasons } : said({ ...when, condition }, ...reasons, ...stop);
}

function whileObserving({ when, reasons }: Verdict): Verdict {
  const others = reasons.filter(({ code }) => code !== 'Automatic');
  const then = others.length === 0 || when.condition === null ? '' : ` Then: ${when.condition}`;
  return said(after(`The Fleet is applied with mode: act.${then}`, when.at), OBSERVE_MODE, ...others);
}

/** What helps where a target is newer than the data of this release. */
export const ONCE_RELEASED = 'Somebody deploys a release of Liftlock that knows the newer version.';

/** A sentence in the form of a part of another one. */
export const uncapitalized = (sentence: string): string => `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;

/** The hold is for an upgrade that does not belong to the rollout, so the rollout goes on with the cluster without that upgrade. */
export const retriedIn = ({ id }: Pick<Rollout, 'id'>, name: string): string =>
  `Once it is released, its rollout ${id} takes the cluster up again with: liftlock retry cluster ${name}`;

/** What ends a hold that alone keeps the cluster out of a rollout under way: nobody has to retry or to upgrade it. */
export function releasedInto({ id, status }: Pick<Rollout, 'id' | 'status'>, { name }: Wave, cluster: string): string {
  const rests =
    status === 'Running' || status === 'Planned' ? '' : ' Until somebody resumes that rollout nothing of it begins.';
  return `Somebody removes the cause and runs: liftlock release cluster ${cluster}. The rollout ${id}, whose wave ${name} has not begun, takes it up then by itself, within the hour.${rests}`;
}

/** How a wave that proves too little passes. */
export function promoting(wave: Wave, { id }: Pick<Rollout, 'id'>): string {
  const promote = `liftlock rollout promote ${id} --reason WHY`;
  return mayGoOn(wave)
    ? `Once nothing keeps the clusters of the wave ${wave.name} out any more it goes on by itself; or an approver looks at it and goes on without them: ${promote}`
    : `An approver looks at the wave ${wave.name} and runs: ${promote}`;
}

/**
 * The reconciler does not look at a halted rollout until a person has it go on, so earlier reasons say nothing any more; a stop of the fleet outlasts
 * the halt.
 */
export function halted(snapshot: FleetSnapshot, { rollout, waves }: WholeRollout, ...told: readonly Reason[]): Verdict {
  const refused = refusedByFleet(snapshot);
  const condition = `${waysOn(rollout, waves).join('')}${andResume(refused)}`;
  return said(after(condition), ...haltRefusals(rollout), ...refused, ...told);
}
