import type { FleetSnapshot } from '../rollout/snapshot.ts';

/** What a plan is made of: policies, calendars and a fleet at one instant. Nothing is read from outside. */
export interface PlanInput {
  readonly snapshot: FleetSnapshot;
  readonly now: Date;
}

/** How long one hop lasts and whether it fails; `hop` counts from 0 within its cluster. */
export interface Chance {
  milliseconds(clusterKey: string, hop: number, estimate: number): number;
  fails(clusterKey: string, hop: number): boolean;
}

/** Hops take what is estimated, and nothing fails: the dates of a plan are drawn with this. */
export const AS_ESTIMATED: Chance = { milliseconds: (_, __, estimate) => estimate, fails: () => false };
