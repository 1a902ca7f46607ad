import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { fleetRefusals } from '../protocol/standing-refusals.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import type { Verdict } from './explanation.ts';

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

/** What has failed there is none of its rollout's own, which goes on with the cluster without that. */
export const retriedIn = ({ id }: Pick<Rollout, 'id'>, name: string): string =>
  `Once it is released, its rollout ${id} takes the cluster up again with: liftlock retry cluster ${name}`;

export const promoting = ({ name }: Pick<Wave, 'name'>, { id }: Pick<Rollout, 'id'>): string =>
  `An approver looks at the wave ${name} and runs: liftlock rollout promote ${id} --reason WHY`;
