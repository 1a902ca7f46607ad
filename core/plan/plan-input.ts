import type { FleetSnapshot } from '../rollout/snapshot.ts';

/** What a plan is made of: policies, calendars and a fleet as they are at an instant. Nothing of it is read from outside. */
export interface PlanInput {
  readonly snapshot: FleetSnapshot;
  readonly now: Date;
}

/** How long one hop lasts and whether it fails; `hop` counts from 0 within its cluster. */
export interface Chance {
  milliseconds(clusterKey: string, hop: number, estimate: number): number;
  fails(clusterKey: string, hop: number): boolean;
}

/** As estimated, and nothing fails: what a plan is drawn with. */
export const AS_ESTIMATED: Chance = { milliseconds: (_, __, estimate) => estimate, fails: () => false };
