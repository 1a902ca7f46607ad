import { errorMessage } from '../../core/contracts/errors.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestScan } from '../../core/operations/requests.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { waveNamed } from '../../core/policy/wave-of.ts';
import { PASSED_WAVES } from '../../core/protocol/granting-waves.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { unreadyToOpen } from '../../core/rollout/require-ready.ts';
import { Clusters, Waves } from '../../core/store/entities.ts';
import { load, ofKind } from '../../core/store/entity.ts';
import type { LoadedFleet } from '../fleet/load-fleet.ts';
import type { RunView } from './run-view.ts';
import { LOCAL_PRINCIPAL } from './start-fleet.ts';
import type { World } from './world.ts';

/** The actions of a user of this machine; each fails when it is refused. */
export interface PersonActs {
  readonly approve: Approve;
  readonly promote: (rolloutId: string, reason: string) => Promise<void>;
  readonly create: (policy: string) => Promise<void>;
  /** Starts a scan of a cluster for its next minor. */
  readonly scan: (clusterKey: string) => Promise<void>;
}

/** A user who may do everything in a run in one process. */
export const personIn = ({ ports }: World): PersonActs => ({
  approve: async (id, wave, person = 0) => {
    const by = person === 0 ? LOCAL_PRINCIPAL : `${LOCAL_PRINCIPAL}-${person + 1}`;
    await voteOnWave(ports, id, wave, { decision: 'Approved', by, comment: 'given automatically' });
  },
  promote: async (id, reason) => {
    await promoteRollout(ports, id, LOCAL_PRINCIPAL, reason);
  },
  create: async (policy) => {
    await startRollout(ports, policy, LOCAL_PRINCIPAL, { dryRun: false });
  },
  scan: async (clusterKey) => {
    const cluster = await load(ports.table, Clusters, clusterKey);
    if (cluster !== undefined) await requestScan(ports, cluster.data, undefined, LOCAL_PRINCIPAL);
  },
});

interface Act {
  /** Each action is tried once. */
  readonly key: string;
  readonly said: string;
  readonly run: () => Promise<void>;
}

/**
 * Performs the actions that a fleet at rest waits for, so that one rehearsal judges every cluster. It creates rollouts that nothing else begins,
 * scans clusters whose readiness a wave waits for, approves waves, and promotes those without proof. A halted wave stays halted, since a person must
 * repair something there.
 */
export class StandInPeople {
  /** Its actions and refusals, as sentences. */
  readonly said: string[] = [];
  readonly #view: RunView;
  readonly #acts: PersonActs;
  readonly #tried = new Set<string>();

  constructor(view: RunView, acts: PersonActs) {
    this.#view = view;
    this.#acts = acts;
  }

  /** True when it did something, and the fleet may continue. */
  async act(): Promise<boolean> {
    let acted = false;
    for (const { key, said, run } of await this.#due()) {
      if (this.#tried.has(key)) continue;
      this.#tried.add(key);
      try {
        await run();
        acted = true;
        this.said.push(said);
      } catch (error) {
        this.said.push(`${said} It was refused: ${errorMessage(error)}`);
      }
    }
    return acted;
  }

  async #due(): Promise<Act[]> {
    const { table } = this.#view;
    const snapshot = await loadSnapshot(table, await table.queryActive(), 'fleet');
    const { policies, rollouts, waves, members } = snapshot;
    const now = this.#view.clock.now();
    const created = [...policies].flatMap(([name, { policy }]): Act[] => {
      if (policy.spec.trigger !== 'manual' || rollouts.some((rollout) => rollout.policy === name)) return [];
      const said = `The policy ${name} has trigger: manual; its rollout was created as a person would.`;
      return [{ key: `create ${name}`, said, run: () => this.#acts.create(name) }];
    });
    const voted = rollouts.flatMap((rollout): Act[] => {
      if (rollout.status !== 'Running') return [];
      const own = waves.filter(({ rolloutId }) => rolloutId === rollout.id).sort((a, b) => a.index - b.index);
      const wave = own.find(({ status }) => !PASSED_WAVES.includes(status));
      if (wave === undefined) return [];
      const key = `${rollout.id}/${wave.name}/${wave.status}/${wave.planHash}`;
      const which = `The wave ${wave.name} of the policy ${rollout.policy}`;
      if (wave.status === 'Undecided')
        return [
          {
            key,
            said: `${which} ended undecided, and was promoted as a person would.`,
            run: () => this.#acts.promote(rollout.id, 'rehearsed: the others are to be judged too'),
          },
        ];
      const unready = unreadyToOpen(snapshot, rollout, own, members, now)?.members ?? [];
      // The controller spreads its scans over a day, while nothing else continues, and an approver wants to see them first.
      const looks = `${key}/looks/${now.toISOString().slice(0, 10)}`;
      if (unready.length > 0 && !this.#tried.has(looks))
        return [
          {
            key: looks,
            said: `${which} waited for looks at its clusters (requireReady), and each was scanned as a person would.`,
            run: async () => {
              for (const { clusterKey } of unready) await this.#acts.scan(clusterKey);
            },
          },
        ];
      const asked = waveNamed(policies.get(rollout.policy)?.policy, wave.name)?.approval?.approvals;
      if (wave.status !== 'Pending' || asked === undefined) return [];
      const said =
        asked > 1
          ? `waited for ${asked} approvals, and was approved as so many people would.`
          : 'waited for an approval, and was approved as a person would.';
      return [
        {
          key,
          said: `${which} ${said}`,
          run: async () => {
            for (let person = 0; person < asked; person += 1) await this.#acts.approve(rollout.id, wave.name, person);
          },
        },
      ];
    });
    return [...created, ...voted];
  }
}

/** Gives one approval as a person, `person` being the index of one of several; fails when it is refused, or when there is no such person. */
type Approve = (rolloutId: string, wave: string, person?: number) => Promise<void>;

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
