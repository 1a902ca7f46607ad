import { isDeepStrictEqual } from 'node:util';
import type { Wave } from '../../core/contracts/items/rollout.ts';
import type { ItemKey } from '../../core/ports/table.ts';
import {
  ClusterControls,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Intents,
  Ledgers,
  Members,
  Rollouts,
  Waves,
} from '../../core/store/entities.ts';
import type { History, Violation } from './history.ts';
import { StoreAt } from './store-at.ts';

/** Kinds whose every write must be in the audit, so that a restore can recover them. */
const REBUILT: readonly { readonly kind: string }[] = [
  ClusterControls,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Intents,
  Ledgers,
  Members,
  Rollouts,
  Waves,
];

const idOf = ({ pk, sk }: ItemKey): string => `${pk} ${sk}`;

/** 14 `audit`: applying the audit from its first item to its last gives the present table. */
export async function rebuilds({ world, timeline }: History): Promise<Violation[]> {
  const store = new StoreAt();
  for (const item of timeline) store.apply(item);
  const folded = new Map(store.writes().map((write) => [idOf(write), write.data]));
  const violations: Violation[] = [];
  for (const { kind } of REBUILT) {
    for (const item of await world.table.queryKind(kind)) {
      const known = folded.get(idOf(item));
      folded.delete(idOf(item));
      if (known !== undefined && isDeepStrictEqual(recorded(kind, known), recorded(kind, item.data))) continue;
      const message = `${kind} ${idOf(item)} is not what the audit gives when it is folded`;
      violations.push({ invariant: 'audit', message });
    }
  }
  const kinds = new Set(REBUILT.map(({ kind }) => kind));
  for (const write of store.writes()) {
    if (!kinds.has(write.kind) || !folded.has(idOf(write))) continue;
    const message = `${write.kind} ${idOf(write)} is not there, and the audit gives it when it is folded`;
    violations.push({ invariant: 'audit', message });
  }
  return violations;
}

/**
 * Gates of a soaking wave are read again every minute, and an unchanged reading is no event. Restored readings are older than five minutes, which
 * restarts the soak, so nothing depends on them.
 */
function recorded(kind: string, data: unknown): unknown {
  if (kind !== Waves.kind) return data;
  const { gates: _, reasons: _words, conditions: _derived, ...rest } = data as Wave;
  return rest;
}
