import type { Upgrade } from '../core/contracts/items/protocol.ts';
import { Clusters, Upgrades } from '../core/store/entities.ts';
import { load, loadKind, put, replace } from '../core/store/entity.ts';
import { runInProcess } from '../test/material/cli/run-in-process.ts';
import { servedWorld } from '../test/material/cli/served-world.ts';
import { upgrade } from '../test/material/protocol/one-upgrade.ts';

const at = '2026-11-20T07:00:00.000Z';
const why =
  'prometheus.example.com could not be read: SecretUnreadable: Secrets Manager answered AccessDeniedException.';
const verdict = {
  ...{
    probe: 'metric-errors',
    kind: 'rate',
    of: { name: 'orders', source: 'prometheus' },
    result: 'inconclusive',
    why,
  },
  figures: { minutesBefore: 0, minutesAfter: 0 },
};

let served: Awaited<ReturnType<typeof servedWorld>>;
beforeEach(async () => {
  served = await servedWorld();
});
afterEach(() => served.close());

test.each(['explain', 'describe'])('%s says why of a rate nothing is known', async (verb) => {
  const { world, url } = served;
  const { clusterKey = '' } = (await loadKind(world.table, Clusters)).find(({ name }) => name === 'web') ?? {};
  const detail = { comparedAt: at, verdicts: [verdict] };
  const steps = {
    'smoke-check': { status: 'done', startedAt: at, endedAt: at, reasons: [], detail },
  } satisfies Upgrade['steps'];
  const ended = upgrade({
    clusterKey,
    from: '1.34',
    to: '1.35',
    id: '1.34-1.35',
    status: 'Succeeded',
    startedAt: at,
    steps,
  });
  await world.table.transact([put(Upgrades, ended, 'absent')]);
  const { out } = await runInProcess([verb, 'cluster', 'web'], { url });
  expect(out).toContain(`\nNot known:\n  ProbeInconclusive: Of the errors of orders it cannot be told: ${why}`);
});

test('explain says of a cluster that cannot be read that its version is that of the last look, and when that was', async () => {
  const { world, url } = served;
  const web = (await loadKind(world.table, Clusters)).find(({ name }) => name === 'web');
  if (web === undefined) throw new Error('there is no web');
  const read = await load(world.table, Clusters, web.clusterKey);
  const denied = { type: 'Reachable', status: 'False', reason: 'AccessDenied', message: 'It denies.' } as const;
  const conditions = [{ ...denied, lastTransitionTime: at }];
  expect((await runInProcess(['explain', 'cluster', 'web'], { url })).out).toContain(' is at 1.35: ');
  await world.table.transact([replace(Clusters, read, { ...web, conditions })]);
  expect((await runInProcess(['explain', 'cluster', 'web'], { url })).out).toMatch(
    / was at 1\.35 when it was last read \(2026-\S+Z, at most \S+ ago\): Unreachable\n/,
  );
});
