import { PASSED_WAVES } from '../../core/protocol/granting-waves.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { Waves } from '../../core/store/entities.ts';
import { ofKind } from '../../core/store/entity.ts';
import type { LoadedFleet } from '../fleet/load-fleet.ts';
import type { RunView } from './run-view.ts';

/** Gives one approval as a person, `person` being the index of one of several; fails when it is refused, or when there is no such person. */
export type Approve = (rolloutId: string, wave: string, person?: number) => Promise<void>;

/** Gives the approvals of a scenario at their time. */
export class GiveApprovals {
  readonly #view: RunView;
  readonly #due: LoadedFleet['approvals'];
  readonly #approve: Approve;
  readonly #askedAt = new Map<string, number>();
  readonly #given = new Set<string>();

  constructor(view: RunView, due: LoadedFleet['approvals'], approve: Approve) {
    this.#view = view;
    this.#due = due;
    this.#approve = approve;
  }

  /** Answers the requests that have waited long enough. True while a request waits for an answer that will come. */
  async look(): Promise<boolean> {
    if (this.#due.length === 0) return false;
    const now = this.#view.clock.now().getTime();
    const { table } = this.#view;
    const active = await table.queryActive();
    const named = new Set(this.#due.map(({ wave }) => wave));
    if (!ofKind(active, Waves).some(({ name }) => named.has(name))) return false;
    const { rollouts, waves } = await loadSnapshot(table, active, 'motion');
    let waits = false;
    for (const { policy, wave: name, afterMilliseconds } of this.#due) {
      const rollout = rollouts.find((one) => one.policy === policy && one.status === 'Running');
      const wave = waves.find((one) => one.rolloutId === rollout?.id && one.name === name);
      if (rollout === undefined || wave?.status !== 'Pending') continue;
      const before = waves.filter((one) => one.rolloutId === rollout.id && one.index < wave.index);
      const key = `${rollout.id}/${name}/${wave.planHash}`;
      if (!before.every((one) => PASSED_WAVES.includes(one.status)) || this.#given.has(key)) continue;
      const asked = this.#askedAt.get(key) ?? now;
      this.#askedAt.set(key, asked);
      waits = true;
      if (now - asked < afterMilliseconds) continue;
      this.#given.add(key);
      await this.#approve(rollout.id, name);
    }
    return waits;
  }
}
