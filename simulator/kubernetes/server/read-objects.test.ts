import {
  principal,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/material/kubernetes/server-under-test.ts';
import { SeededChoices } from '../../simulate/fleet/seeded-choices.ts';
import { cordon, drainPass, terminateNode } from '../drain.ts';
import { createInMemoryClusterReader } from '../in-memory-cluster-readers.ts';
import { launchNode } from '../launch-node.ts';
import { record } from '../resources/stored-object.ts';
import { Histories } from './histories.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

const readerWith = (histories?: Histories) =>
  createInMemoryClusterReader({
    ...{ fake: under.fake, clusterArn: under.cluster.arn, principal, clock: { now: under.world.now } },
    histories,
  });

/** All pages of a list, without the members that count revisions. */
async function textOf(reader: ReturnType<typeof readerWith>, path: string): Promise<string> {
  const texts: string[] = [];
  for (let more = ''; ; ) {
    const { text } = await reader.get({ path: `${path}${more}` });
    texts.push(text.replace(/"(resourceVersion|continue)":"[^"]*"/g, '"$1":""'));
    const token = (JSON.parse(text) as { metadata: { continue?: string } }).metadata.continue;
    if (token === undefined) return texts.join('\n');
    more = `${path.includes('?') ? '&' : '?'}continue=${token}`;
  }
}

const stray = (nodeName: string) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'stray' } },
  ...{ spec: { nodeName, containers: [] }, status: { phase: 'Running' } },
});

test.each([1, 2, 3, 4, 5])(
  'one that remembers answers like one that has just begun, whatever happens: seed %i',
  async (seed) => {
    const choices = new SeededChoices(seed);
    const { kubernetes, region } = under.cluster;
    const remembering = readerWith(new Histories());
    const nodeName = () => choices.pick(kubernetes.nodes).name;
    const now = () => under.world.now().getTime();
    const happenings: readonly (() => void)[] = [
      () => under.world.pass(choices.integer(1, 400) / 60),
      () => under.world.pass(choices.integer(1, 400) / 60),
      () => cordon(kubernetes, nodeName()),
      () => void drainPass(under.cluster, nodeName(), now()),
      () => void launchNode(kubernetes, { kubeletVersion: 'v1.35.1', readyAt: now() + 60_000, region, zones: 2 }),
      () => kubernetes.nodes.length > 2 && terminateNode(kubernetes, nodeName(), now()),
      () =>
        Object.assign(choices.pick(kubernetes.pods), {
          waitingReason: choices.pick(['CrashLoopBackOff', 'ErrImagePull']),
        }),
      () => Object.assign(choices.pick(kubernetes.nodes), { readyAt: now() + choices.integer(1, 200_000) }),
      () => Object.assign(choices.pick(kubernetes.pods), { images: [`team/api:${choices.integer(2, 9)}`] }),
      () => Object.assign(choices.pick(kubernetes.nodes), { labels: { zone: `${choices.integer(1, 3)}` } }),
      () => Object.assign(kubernetes, { objects: choices.chance(0.5) ? [stray(nodeName())] : [] }),
      () => Object.assign(choices.pick(kubernetes.workloads), { replicas: choices.integer(1, 4) }),
      () =>
        Object.assign(choices.pick(under.cluster.nodegroups), {
          amiType: choices.pick(['AL2_x86_64', 'BOTTLEROCKET_ARM_64']),
        }),
    ];
    for (let step = 0; step < 60; step += 1) {
      choices.pick(happenings)();
      const on = `fieldSelector=spec.nodeName%3D${nodeName()}`;
      const { name, namespace } = choices.pick(kubernetes.pods);
      const path = choices.pick([
        ...[
          '/api/v1/nodes',
          '/api/v1/nodes?limit=2',
          `/api/v1/nodes/${nodeName()}`,
          '/api/v1/pods',
          '/api/v1/pods?limit=4',
        ],
        ...[`/api/v1/pods?${on}`, `/api/v1/pods?${on}&limit=500`, `/api/v1/pods?${on}&limit=2`],
        ...[`/api/v1/namespaces/shop/pods?${on}`, `/api/v1/pods?${on},status.phase%3DRunning`],
        `/api/v1/namespaces/${namespace}/pods/${name}`,
      ]);
      expect([step, path, await textOf(remembering, path)]).toEqual([step, path, await textOf(readerWith(), path)]);
    }
  },
);

test('what is asked of one node is no news of the others, and changes are told once all are looked at', async () => {
  const { kubernetes } = under.cluster;
  const histories = new Histories();
  const reader = readerWith(histories);
  const { history } = histories.of(under.cluster);
  await reader.get({ path: '/api/v1/pods' });
  const [one, other] = kubernetes.nodes.map(({ name }) => name);
  const before = history.revision;
  drainPass(under.cluster, `${other}`, under.world.now().getTime());
  const gone = () =>
    history
      .changesSince('/pods', before)
      ?.filter(({ after }) => after === undefined)
      .map(({ before: pod }) => record(pod?.spec).nodeName);
  await reader.get({ path: `/api/v1/pods?fieldSelector=spec.nodeName%3D${one}` });
  expect(gone()).toEqual([]);
  await reader.get({ path: `/api/v1/pods?fieldSelector=spec.nodeName%3D${other}` });
  expect(new Set(gone())).toEqual(new Set([other]));
  const told = gone()?.length;
  await reader.get({ path: `/api/v1/pods?fieldSelector=spec.nodeName%3D${other}` });
  expect(gone()).toHaveLength(told ?? 0);
});

test('a list of one node in pages takes nothing away from a list of all that is under way', async () => {
  const reader = readerWith(new Histories());
  const whole = JSON.parse(await textOf(reader, '/api/v1/pods')) as { items: object[] };
  const first = JSON.parse((await reader.get({ path: '/api/v1/pods?limit=4' })).text);
  const [one] = under.cluster.kubernetes.nodes.map(({ name }) => name);
  await reader.get({ path: `/api/v1/pods?fieldSelector=spec.nodeName%3D${one}&limit=1` });
  const next = JSON.parse((await reader.get({ path: `/api/v1/pods?continue=${first.metadata.continue}` })).text);
  expect(first.items.length + next.items.length).toBe(whole.items.length);
});
