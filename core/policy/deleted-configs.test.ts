import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { deletedAmong, deletedText, formerPolicies } from './deleted-configs.ts';

const SHOP = { matchLabels: { team: 'shop' } };
const deleted = (name: string, at: string, selector: unknown = SHOP): AppliedConfig =>
  ({ kind: 'UpgradePolicy', name, deleted: { by: 'ann', at, reason: 'nobody needs it', selector } }) as AppliedConfig;
const applied = { kind: 'UpgradePolicy', name: 'standard' } as AppliedConfig;
const cluster = clusterRecord({ labels: { team: 'shop' } });

test('what is deleted is told with who, when and why, the last one first; what was applied again is not', () => {
  const all = [deleted('old', '2026-11-01T00:00:00.000Z'), applied, deleted('new', '2026-11-02T00:00:00.000Z')];
  expect(deletedAmong(all)).toEqual([
    { name: 'new', by: 'ann', at: '2026-11-02T00:00:00.000Z', reason: 'nobody needs it' },
    { name: 'old', by: 'ann', at: '2026-11-01T00:00:00.000Z', reason: 'nobody needs it' },
  ]);
  expect(deletedAmong(all.toReversed()).map(({ name }) => name)).toEqual(['new', 'old']);
  expect(deletedAmong([])).toEqual([]);
  const [last] = deletedAmong(all);
  expect(last && deletedText(last)).toBe('was deleted by ann at 2026-11-02T00:00:00.000Z: nobody needs it');
});

test('a cluster is told the three policies deleted last whose selector takes it', () => {
  const four = ['1', '2', '3', '4'].map((day) => deleted(`p${day}`, `2026-11-0${day}T00:00:00.000Z`));
  const others = [
    applied,
    deleted('elsewhere', '2026-11-09T00:00:00.000Z', { matchLabels: { team: 'billing' } }),
    deleted('unreadable', '2026-11-09T00:00:00.000Z', 'text'),
  ];
  expect(formerPolicies(cluster, [...four, ...others]).map(({ name }) => name)).toEqual(['p4', 'p3', 'p2']);
  expect(formerPolicies(clusterRecord(), four)).toEqual([]);
});
