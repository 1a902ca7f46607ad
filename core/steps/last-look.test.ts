import { MemoryTable } from '../../adapters/memory/table.ts';
import { HOLDER, intent, KEY, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { LAST_LOOK_SECONDS } from '../contracts/look-limits.ts';
import type { EksReader } from '../ports/eks.ts';
import { Clusters, Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { concludeUpgrade } from './conclude-upgrade.ts';

/** The end of an upgrade that has changed its cluster, when each call takes EKS this number of seconds. */
async function concluded(seconds: number) {
  const updated = intent({ outcome: { type: 'accepted', updateId: 'u-1', at: NOON.toISOString() } });
  const ports = await oneStep(new MemoryTable(), {
    eks: {
      cluster: { version: '1.37' },
      more: { listInsights: async () => [], listFargateProfiles: async () => [] },
    },
    kept: { upgrades: [upgrade({ mutated: true })], intents: [updated] },
  });
  let now = NOON.getTime();
  let calls = 0;
  const slow = (operation: keyof EksReader) => async (scope: never, input: never) => {
    calls += 1;
    now += seconds * 1_000;
    return (ports.eks[operation] as (scope: never, input: never) => unknown)(scope, input);
  };
  const eks = new Proxy(ports.eks, { get: (_, name) => slow(name as keyof EksReader) });
  const execution = { arn: HOLDER, name: 'upgrade-name', startTime: NOON.toISOString() };
  const clock = { now: () => new Date(now) };
  await concludeUpgrade(
    { ...ports, eks, clock },
    stepInput({}, { outcome: { status: 'done', reasons: [] }, execution }),
  );
  const cluster = await load(ports.table, Clusters, KEY);
  return {
    calls,
    status: (await load(ports.table, Upgrades, KEY, '1.36-1.37'))?.data.status,
    seen: [cluster?.data.version, cluster?.data.unreadable.length],
  };
}

test('an upgrade ends with a look at all of its cluster, where that is over in time', async () => {
  expect(await concluded(1)).toMatchObject({ status: 'Succeeded', seen: ['1.37', 0] });
});

test('a look that takes too long begins no further call, and the next look reads the cluster', async () => {
  const late = await concluded(LAST_LOOK_SECONDS / 2);
  expect(late).toEqual({ calls: 2, status: 'Succeeded', seen: ['1.36', 1] });
});
