import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { fleetRefusals, OBSERVE_MODE } from '../protocol/standing-refusals.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { mayGoOn } from '../rollout/wave-end.ts';

/** The part of an explanation that a verdict gives. */
export interface Verdict {
  /** Never empty. */
  readonly reasons: readonly Reason[];
  readonly when: {
    /** Null when no instant is known. */
    readonly at: string | null;
    /** What must happen before, as a sentence; null when nothing will by itself. */
    readonly condition: string | null;
  };
}

export const after = (condition: string, at?: string | null) => ({ at: at ?? null, condition });

export function said(when: Verdict['when'], ...reasons: readonly Reason[]): Verdict {
  const unique = reasons.filter(
    (one, index) => reasons.findIndex(({ code, message }) => code === one.code && message === one.message) === index,
  );
  return { reasons: unique, when };
}

/** What the Fleet and a stop refuse to everybody. */
export const refusedByFleet = ({ fleet, control }: FleetSnapshot): Reason[] =>
  fleet === undefined ? [] : fleetRefusals(fleet, control);

export const andResume = (refused: readonly Reason[]): string =>
  refused.some(({ code }) => code === 'FleetStopped') ? '; and somebody runs: liftlock fleet resume' : '';

/** What `ask` says of a rollout that is to come while the Fleet acts: nothing begins in it before that, nor as long as the fleet is stopped. */
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

/** A sentence as a part of one that has begun. */
export const uncapitalized = (sentence: string): string => `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;

/** What has failed there is none of its rollout's own, which goes on with the cluster without that. */
export const retriedIn = ({ id }: Pick<Rollout, 'id'>, name: string): string =>
  `Once it is released, its rollout ${id} takes the cluster up again with: liftlock retry cluster ${name}`;

/** How a wave that proves too little is passed. */
export function promoting(wave: Wave, { id }: Pick<Rollout, 'id'>): string {
  const promote = `liftlock rollout promote ${id} --reason WHY`;
  return mayGoOn(wave)
    ? `Nothing keeps the clusters of the wave ${wave.name} out any more, so that it goes on by itself; or an approver looks at it and goes on without them: ${promote}`
    : `An approver looks at the wave ${wave.name} and runs: ${promote}`;
}
