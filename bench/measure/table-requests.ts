import { fileURLToPath } from 'node:url';
import { type FunctionName, UPGRADE_FUNCTIONS } from '../../core/contracts/names.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { GiveApprovals } from '../../simulator/process/stand-in-people.ts';
import { LOCAL_PRINCIPAL, startFleet } from '../../simulator/process/start-fleet.ts';
import { type Figure, type Measure, rounded } from '../figure.ts';
import { fixedTiming } from '../fleet/fixed-timing.ts';
import { oneCluster, upgradeIt } from '../fleet/one-cluster.ts';
import { minus, NO_USE, plus, TableMeter, type TableUse } from '../fleet/table-meter.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/fleet/', import.meta.url));
const HOUR = 3_600_000;
const STEPS: readonly FunctionName[] = UPGRADE_FUNCTIONS;

/** What functions ask of the table: on AWS each request is latency and money, and on one machine it is time. */
export const measure: Measure = async () => [...(await oneHop()), ...(await exampleFleet())];

/** One cluster with three node groups, until its grant is freed; then an hour in which nothing happens. */
async function oneHop(): Promise<Figure[]> {
  const meter = new TableMeter();
  const timing = fixedTiming({ controlPlane: 900, nodeGroup: 1200 });
  const world = await oneCluster(3, { timing, around: meter.around });
  await upgradeIt(world, 2);
  const hop = STEPS.map((step) => meter.of(step)).reduce(plus, NO_USE);
  const before = meter.total();
  const ticked = meter.of('reconcile-rollouts').invocations;
  // The hourly schedules run at its beginning and at its end.
  await runWorld(world, { until: new Date(world.clock.now().getTime() + HOUR), quietHours: 2 });
  const hour = minus(meter.total(), before);
  // Each tick has one read, which is as little as it can have (`idle-tick`).
  const ticks = meter.of('reconcile-rollouts').invocations - ticked;
  const beside = { ...hour, requests: hour.requests - ticks };
  return [
    ...figures('the steps of one hop', hop, { requests: 485, kilobytes: 630 }),
    ...figures(`an idle hour beside its ${ticks} ticks' one read each`, beside, { requests: 37, kilobytes: 25.8 }),
  ];
}

/** The example fleet as `npm start` runs it, the approvals of its scenario included. */
async function exampleFleet(): Promise<Figure[]> {
  const meter = new TableMeter();
  const prepared = await prepareFleet(EXAMPLE);
  const { now, approvals } = prepared.loaded;
  const world = await startFleet(prepared, { seed: 1, around: meter.around });
  const people = new GiveApprovals(world, approvals, async (id, wave) => {
    await voteOnWave(world.ports, id, wave, { decision: 'Approved', by: LOCAL_PRINCIPAL, comment: 'given' });
  });
  const until = new Date(now.getTime() + 60 * 24 * HOUR);
  const rested = await runWorld(world, { until, quietHours: 1.5, people: () => people.look() });
  if (!rested) throw new Error('the example fleet did not come to rest within 60 days');
  const ticks = meter.of('reconcile-rollouts');
  const each = {
    ...ticks,
    requests: rounded(ticks.requests / ticks.invocations),
    read: ticks.read / ticks.invocations,
    written: ticks.written / ticks.invocations,
  };
  return [
    ...figures('the example fleet', meter.total(), { requests: 11_073, kilobytes: 19_665 }),
    ...figures(`one of its ${ticks.invocations} ticks`, each, { requests: 9.3, kilobytes: 19.6 }),
  ];
}

function figures(what: string, use: TableUse, limits: { requests: number; kilobytes: number }): Figure[] {
  const kilobytes = rounded((use.read + use.written) / 1000);
  const note = `${rounded(use.read / 1000)} kB of items read, ${rounded(use.written / 1000)} kB written`;
  return [
    { name: `Table requests, ${what}`, value: use.requests, unit: 'requests', limit: limits.requests },
    { name: `Table bytes, ${what}`, value: kilobytes, unit: 'kB', limit: limits.kilobytes, note },
  ];
}
