/**
 * One life of a local cloud that keeps its state: `node child.ts <assembly> <state folder>`. Says every virtual minute what time it is,
 * so that it can be killed in the middle of something, and at rest what became of the fleet.
 */
import { startCloudFleet } from '../../../simulator/cloud/start-cloud-fleet.ts';
import { checkInvariants } from '../../../simulator/invariants/check-invariants.ts';
import { prepareFleet } from '../../../simulator/process/prepare-fleet.ts';
import { untilRest } from '../../../simulator/process/until-rest.ts';
import { cloudProblems } from '../cloud-problems.ts';
import { makeGates, makeHookReceivers } from '../watched-wave.ts';
import type { ChildReport } from './report.ts';

const [assembly = '', stateFolder = ''] = process.argv.slice(2);
const say = (report: ChildReport): void => void process.stdout.write(`${JSON.stringify(report)}\n`);

const prepared = await prepareFleet(new URL('../fleet/', import.meta.url).pathname);
// Both clusters by themselves: nobody is there to ask for the second one.
const policies = prepared.policies.map((policy) => ({
  ...policy,
  spec: { ...policy.spec, trigger: 'automatic' as const },
}));
const notes: string[] = [];
const { cloud, continued, close } = await startCloudFleet(
  { ...prepared, policies },
  { seed: 1, assembly, stateFolder, onNote: (note) => notes.push(note) },
);
const before = new Map(Object.values(cloud.eks.state.clusters).map(({ name, version }) => [name, version]));
// What policies ask of others is there, or a cluster ends at its scan, and no kill strikes what changes it.
if (!continued) {
  await makeGates(cloud);
  await makeHookReceivers(cloud);
}
const begin = prepared.loaded.now.getTime();
const everyMinute = (): void => {
  say({ type: 'minute', minute: Math.round((cloud.clock.now().getTime() - begin) / 60_000) });
  cloud.clock.schedule(new Date(cloud.clock.now().getTime() + 60_000), everyMinute);
};
say({ type: 'started', continued });
everyMinute();
const until = new Date(begin + 12 * 3_600_000);
const rested = await untilRest(cloud, cloud.clock, { until, quietHours: 0.4 });
const violations = await checkInvariants(cloud);
const isNoneUpgraded = Object.values(cloud.eks.state.clusters).every(
  ({ name, version }) => before.get(name) === version,
);
say({
  type: 'ended',
  rested,
  clusters: Object.values(cloud.eks.state.clusters).map(({ name, version, nodegroups, addons }) => ({
    name,
    version,
    nodegroups: nodegroups.map((nodegroup) => `${nodegroup.name}=${nodegroup.version}`),
    addons: addons.map((addon) => `${addon.name}=${addon.version}`).sort(),
  })),
  problems: [
    ...(isNoneUpgraded && !continued ? ['no cluster was upgraded, so that no kill could strike that'] : []),
    ...violations.map(({ invariant, message }) => `${invariant}: ${message}`),
    ...(await cloudProblems(cloud, notes)),
  ],
});
await close();
