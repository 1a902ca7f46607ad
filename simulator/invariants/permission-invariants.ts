import { fleetInForce } from '../../core/policy/applied.ts';
import { clusterTags } from '../../core/policy/cluster-tags.ts';
import { Clusters, Waves } from '../../core/store/entities.ts';
import { decode, load } from '../../core/store/entity.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { type History, keyOfMutation, type Violation } from './history.ts';

/** 11 `stop`: no commit between a stop of the fleet (or a pause or abort of its rollout) and the resume. */
export function stopped(history: History): Violation[] {
  const violations: Violation[] = [];
  const rolloutOf = new Map<string, string>();
  const closed = new Set<string>();
  for (const item of history.timeline) {
    if (item.event === 'FleetStopped' || item.event === 'RolloutPaused' || item.event === 'RolloutAborted')
      closed.add(item.subject);
    if (item.event === 'FleetResumed' || item.event === 'RolloutResumed') closed.delete(item.subject);
    if (item.event === 'Granted') rolloutOf.set(item.subject, `rollout/${String(item.detail.rolloutId)}`);
    if (item.event !== 'MutationCommitted') continue;
    for (const subject of ['fleet', rolloutOf.get(item.subject) ?? '']) {
      if (closed.has(subject))
        violations.push({
          invariant: 'stop',
          message: `${item.subject} #${item.sequence} was committed while ${subject} was stopped`,
        });
    }
  }
  return violations;
}

/** 10 `untouched` and 15 `observe`: unsupported clusters never, pinned ones never beyond their pin, none in observe mode. */
export async function untouched(history: History): Promise<Violation[]> {
  const { world, ours } = history;
  const fleet = await fleetInForce(world.table);
  const violations: Violation[] = [];
  for (const mutation of ours) {
    if (fleet?.mode !== 'act')
      violations.push({
        invariant: 'observe',
        message: `${mutation.operation} on ${mutation.clusterArn} in observe mode`,
      });
    const record = await load(world.table, Clusters, keyOfMutation(mutation));
    if (record === undefined)
      violations.push({ invariant: 'untouched', message: `${mutation.clusterArn} is not in the inventory` });
    else if (record.data.unsupported !== undefined)
      violations.push({ invariant: 'untouched', message: `${record.data.name} is unsupported` });
  }
  return violations;
}

/** 10 `untouched`: no commit on a cluster after a tag was observed that keeps Liftlock away from it, or below the version asked for. */
export async function tagged(history: History): Promise<Violation[]> {
  const fleet = await fleetInForce(history.world.table);
  const violations: Violation[] = [];
  for (const items of history.audit.values()) {
    let tags: Readonly<Record<string, string>> = {};
    for (const item of items) {
      if (item.event === 'ClusterDiscovered' || item.event === 'TagsObserved') tags = item.detail.tags as typeof tags;
      if (item.event !== 'MutationCommitted') continue;
      const { paused, pin, problems } = clusterTags(tags, fleet?.tagPrefix ?? '');
      const { name, input } = item.detail.call as { name: string; input: { version?: string } };
      const beyond =
        pin !== undefined && name === 'UpdateClusterVersion' && pin.isOlderThan(KubeVersion.parse(input.version ?? ''));
      if (paused || problems.length > 0 || beyond)
        violations.push({
          invariant: 'untouched',
          message: `${item.subject} #${item.sequence}: ${name} was committed against the tags ${JSON.stringify(tags)}`,
        });
    }
  }
  return violations;
}

/** 7 `budget`: once a wave was halted, no upgrade of it makes its first mutation. */
export async function budget(history: History): Promise<Violation[]> {
  const failures = new Map<string, { count: number; haltedAt?: string }>();
  const begun = new Set<string>();
  const waveOf = new Map<string, string>();
  const waves = (await history.world.table.queryKind(Waves.kind)).map((item) => decode(Waves, item).data);
  const limits = new Map(waves.map((wave) => [`${wave.rolloutId}/${wave.index}`, wave.maxFailures]));
  const violations: Violation[] = [];
  for (const item of history.timeline) {
    const upgrade = `${item.subject}/${String(item.detail.upgradeId)}`;
    if (item.event === 'Granted')
      waveOf.set(upgrade, `${String(item.detail.rolloutId)}/${String(item.detail.waveIndex)}`);
    if (item.event === 'MutationCommitted') {
      const wave = failures.get(waveOf.get(upgrade) ?? '');
      if (!begun.has(upgrade) && wave?.haltedAt !== undefined && item.at > wave.haltedAt)
        violations.push({ invariant: 'budget', message: `${upgrade} began after its wave was halted` });
      begun.add(upgrade);
    }
    if (item.event === 'UpgradeFailed') {
      const key = waveOf.get(upgrade) ?? '';
      const count = (failures.get(key)?.count ?? 0) + 1;
      const limit = limits.get(key);
      failures.set(key, { count, ...(limit !== undefined && count > limit ? { haltedAt: item.at } : {}) });
    }
    if (item.event === 'ClusterRetried') failures.clear();
  }
  return violations;
}
