import { fleetInForce } from '../../core/policy/applied.ts';
import { capKeys, capLimit } from '../../core/policy/caps.ts';
import { Clusters, Waves } from '../../core/store/entities.ts';
import { decode, load } from '../../core/store/entity.ts';
import type { History, Violation } from './history.ts';

/** 6 `caps`: open and closing grants never exceed a cap of the fleet, nor the concurrency of a wave. Counted from the audit alone. */
export async function caps(history: History): Promise<Violation[]> {
  const { world, timeline } = history;
  const fleet = await fleetInForce(world.table);
  if (fleet === undefined) return [];
  const waves = (await world.table.queryKind(Waves.kind)).map((item) => decode(Waves, item).data);
  const concurrency = new Map(waves.map((wave) => [`${wave.rolloutId}/${wave.index}`, wave.maxConcurrency]));
  const open = new Map<string, readonly string[]>();
  const violations: Violation[] = [];
  for (const item of timeline) {
    if (item.event === 'GrantFreed') open.delete(item.subject);
    if (item.event !== 'Granted') continue;
    const record = await load(world.table, Clusters, item.subject);
    if (record === undefined) continue;
    const wave =
      item.detail.rolloutId === undefined
        ? []
        : [`wave ${String(item.detail.rolloutId)}/${String(item.detail.waveIndex)}`];
    open.set(item.subject, [...capKeys(record.data, fleet), ...wave]);
    for (const key of open.get(item.subject) ?? []) {
      const count = [...open.values()].filter((keys) => keys.includes(key)).length;
      const limit = key.startsWith('wave ') ? concurrency.get(key.slice(5)) : capLimit(key, fleet);
      if (limit !== undefined && count > limit)
        violations.push({
          invariant: 'caps',
          message: `${count} grants under ${key} at ${item.at}, at most ${limit} may`,
        });
    }
  }
  return violations;
}
