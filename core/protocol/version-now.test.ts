import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { versionNow } from './rollback-view.ts';

const daysAgo = (days: number): string =>
  new Date(Date.parse('2026-11-20T08:00:00Z') - days * 86_400_000).toISOString();
const cluster = { version: '1.36' } as ClusterRecord;

describe('where the control plane is', () => {
  const hop = (to: string, controlPlaneCompletedAt: string, status = 'Succeeded') =>
    ({ to, controlPlaneCompletedAt, status }) as Upgrade;
  const at = (...upgrades: Upgrade[]) =>
    versionNow({ ...cluster, version: '1.36', lastSeenAt: daysAgo(2) }, upgrades).toString();

  test('is what the inventory has seen, unless Liftlock has seen an update end since', () => {
    expect(at()).toBe('1.36');
    expect(at(hop('1.37', daysAgo(3)))).toBe('1.36');
    expect(at(hop('1.37', daysAgo(1)))).toBe('1.37');
    expect(at(hop('1.37', daysAgo(1)), hop('1.38', daysAgo(0)))).toBe('1.38');
    expect(at({ to: '1.37', status: 'Running' } as Upgrade)).toBe('1.36');
  });

  test('is not where a hop had led that was taken back', () => {
    expect(at(hop('1.37', daysAgo(1), 'RolledBack'))).toBe('1.36');
    // The execution of the rollback was stopped, so nobody has looked since.
    const back = { ...hop('1.37', daysAgo(3), 'RolledBack'), from: '1.36', endedAt: daysAgo(1) };
    const up = { ...cluster, version: '1.37', lastSeenAt: daysAgo(2) };
    expect(versionNow(up, [back, { ...back, from: '1.37' }]).toString()).toBe('1.36');
    expect(versionNow(up, [{ ...back, endedAt: daysAgo(3) }]).toString()).toBe('1.37');
  });

  test('is where a rollback has led, from when it is there and while its checks wait', () => {
    const back = (status: string, endedAt: string) =>
      ({
        ...{ to: '1.36', machine: 'rollback-cluster', status: 'Running' },
        steps: { 'rollback-control-plane': { status, endedAt, reasons: [], startedAt: endedAt } },
      }) as unknown as Upgrade;
    const up = { ...cluster, version: '1.37', lastSeenAt: daysAgo(2) };
    expect(versionNow(up, [hop('1.37', daysAgo(3)), back('done', daysAgo(1))]).toString()).toBe('1.36');
    expect(versionNow(up, [hop('1.37', daysAgo(1)), back('done', daysAgo(3))]).toString()).toBe('1.37');
    expect(versionNow(up, [back('failed', daysAgo(1))]).toString()).toBe('1.37');
  });
});
