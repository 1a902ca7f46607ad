import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import type { HookRequest } from '../../core/contracts/hook.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { FakeKubernetes } from '../../simulator/kubernetes/fake-kubernetes.ts';
import { createInMemoryClusterReader } from '../../simulator/kubernetes/in-memory-cluster-readers.ts';
import type { WorkloadState } from '../../simulator/kubernetes/kubernetes-state.ts';
import type { World } from '../../simulator/process/world.ts';
import { calls, events, hook, minutesLater, untilAsked } from './hooked-fleet.ts';
import {
  clusterArn,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

const lambda = 'arn:aws:lambda:eu-central-1:000000000000:function:mover';
const IMAGES = { autoscaler: 'autoscaling/cluster-autoscaler:v1.36.2', ingress: 'traefik:v3.5.1' };
type Name = keyof typeof IMAGES;

const workloadOf = (name: Name): WorkloadState => ({
  ...{ kind: 'Deployment', namespace: 'ops', name, replicas: 1, labels: { app: name } },
  image: `registry.example.com/${IMAGES[name]}`,
});
const component = (name: Name, more: object = {}) => ({
  name,
  workload: { kind: 'Deployment', namespace: 'ops', name },
  versions:
    name === 'autoscaler' ? { '1.36': '1.36.x', '1.37': '1.37.x' } : { '1.36': '3.x', '1.37': '>=3.6.0 <4.0.0' },
  hook: { lambda },
  ...more,
});
const fleet = (
  components: readonly object[],
  policy: object = {},
  names: readonly Name[] = ['autoscaler', 'ingress'],
) =>
  smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'blue' }], workloads: names.map(workloadOf) }],
    policy: { components, ...policy },
  });

interface Asked extends HookRequest {
  readonly minor: string | undefined;
  readonly calls: readonly string[];
}

/** What moves components: it says go, and patches the Deployment to a tag, or to nothing. */
function mover(world: World, tags: Readonly<Partial<Record<Name, string>>>, answer = 'go'): Asked[] {
  const asked: Asked[] = [];
  const { change } = createInMemoryClusterReader({
    fake: new FakeKubernetes(world.eks),
    clusterArn: clusterArn('web'),
    principal: 'arn:aws:iam::111111111111:role/mover',
    clock: world.clock,
  });
  world.hooks.set(lambda, async (request) => {
    asked.push({ ...request, minor: versionOf(world, 'web'), calls: calls(world) });
    const name = request.component?.name as Name;
    const tag = tags[name];
    if (tag !== undefined) {
      const image = `${workloadOf(name).image.split(':')[0]}:${tag}`;
      const patch = { spec: { template: { spec: { containers: [{ name, image }] } } } };
      const { status } = await change({
        ...{ method: 'PATCH', path: `/apis/apps/v1/namespaces/ops/deployments/${name}` },
        ...{ contentType: 'application/strategic-merge-patch+json', body: patch },
      });
      expect(status).toBe(200);
    }
    return JSON.stringify({ schema: 'liftlock.hook/v1', answer });
  });
  return asked;
}

test('components are moved in their order and phase by their hooks, and the upgrade succeeds', async () => {
  const world = await fleet([component('autoscaler'), component('ingress', { phase: 'before' })]);
  const asked = mover(world, { autoscaler: 'v1.37.0', ingress: 'v3.6.2' });
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  expect(asked.map(({ component: of, phase, minor }) => [of, phase, minor])).toEqual([
    [{ name: 'ingress', from: '3.5.1', to: '>=3.6.0 <4.0.0' }, 'before', '1.36'],
    [{ name: 'autoscaler', from: '1.36.2', to: '1.37.x' }, 'after', '1.37'],
  ]);
  expect(asked.map((one) => one.calls.includes('UpdateClusterVersion'))).toEqual([false, true]);
  expect(asked[1]?.calls).toContain('UpdateNodegroupVersion');
  expect(await events(world)).toEqual(['HookAsked', 'HookAnswered', 'HookAsked', 'HookAnswered']);
  const record = (await world.auditTimeline()).find(({ event }) => event === 'HookAsked');
  expect(record?.detail).toMatchObject({ asked: lambda, component: { name: 'ingress', from: '3.5.1' } });
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.steps['update-addons-before']?.reasons[0]).toEqual({
    code: 'ComponentFits',
    message:
      'The component ingress (Deployment ops/ingress) runs 3.6.2, which fits Kubernetes 1.37: the policy wants >=3.6.0 <4.0.0.',
  });
});

test('a hook that says go and moves nothing ends the upgrade before the control plane, and a retry looks anew', async () => {
  const world = await fleet([component('ingress', { phase: 'before', timeout: '20m' })]);
  const asked = mover(world, {});
  await untilAsked(world, asked, 1);
  await minutesLater(world, 5);
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(reasons.find(({ code }) => code === 'ComponentMoves')?.message).toMatch(
    /^The hook that moves the component ingress from 3\.5\.1 to >=3\.6\.0 <4\.0\.0 said go at \S+\. The component ingress \(Deployment ops\/ingress\) runs 3\.5\.1, which does not fit Kubernetes 1\.37: the policy wants >=3\.6\.0 <4\.0\.0\. It is looked at until \S+\.$/,
  );
  await run(world);
  const member = await memberOf(world, 'web');
  expect([member.status, member.reasons[0]?.code, asked.length]).toEqual(['Blocked', 'ComponentNotMoved', 1]);
  expect(calls(world)).not.toContain('UpdateClusterVersion');
  mover(world, { ingress: 'v3.6.0' });
  await retryCluster(world.ports, member.clusterKey, PERSON);
  await run(world);
  expect([(await memberOf(world, 'web')).status, versionOf(world, 'web')]).toEqual(['Succeeded', '1.37']);
});

test('after the control plane the same is a failure that holds the cluster', async () => {
  const world = await fleet([component('autoscaler', { timeout: '10m' })]);
  mover(world, { autoscaler: 'v1.36.9' });
  await run(world);
  const { status, reasons } = await memberOf(world, 'web');
  expect([status, reasons[0]?.code]).toEqual(['Failed', 'ComponentNotMoved']);
  expect(reasons[0]?.message).toContain(
    'runs 1.36.9, which does not fit Kubernetes 1.37: the policy wants 1.37.x. It had 10m in all.',
  );
  const { held } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(held?.reason.code).toBe('ComponentNotMoved');
});

test('without a hook what has to be right before blocks untouched, and the rest is told', async () => {
  const world = await fleet([
    component('ingress', { phase: 'before', hook: undefined }),
    component('autoscaler', { hook: undefined }),
  ]);
  await run(world);
  const { status, reasons } = await memberOf(world, 'web');
  expect([status, mutationsOf(world)]).toEqual(['Blocked', []]);
  // The last one is of the table of controllers, which knows the autoscaler, too.
  expect(reasons.map(({ code }) => code)).toEqual(['ComponentVersion', 'ComponentVersion', 'ScanWarning']);
  expect(reasons[0]?.message).toBe(
    'The component ingress (Deployment ops/ingress) runs 3.5.1, which does not fit Kubernetes 1.37: the policy wants >=3.6.0 <4.0.0. Move it to >=3.6.0 <4.0.0 before the control plane goes to 1.37, or give it a hook.',
  );
});

test('without a hook what has to be right after stops nothing', async () => {
  const world = await fleet([component('autoscaler', { hook: undefined })]);
  await run(world);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.steps['scan-cluster']?.reasons.map(({ code }) => code)).toContain('ComponentVersion');
});

test('one that was left behind by the hop before, without a hook, lets the next one not begin', async () => {
  const behind = { versions: { '1.36': '~1.36.3', '1.37': '1.37.x' }, hook: undefined };
  const world = await fleet([component('autoscaler', behind)]);
  await run(world);
  const { status, reasons } = await memberOf(world, 'web');
  expect([status, reasons[0]?.code, mutationsOf(world)]).toEqual(['Blocked', 'ComponentVersion', []]);
});

test.each<[string, object, readonly Name[]]>([
  ['fits already', { versions: { '1.36': '1.36.x', '1.37': '1.36.x' } }, ['autoscaler']],
  ['is not there', {}, ['ingress']],
])('a component that %s is not asked about', async (_, more, names) => {
  const world = await fleet([component('autoscaler', more)], {}, names);
  const asked = mover(world, {});
  await run(world);
  expect([(await memberOf(world, 'web')).status, asked]).toEqual(['Succeeded', []]);
});

test('a version that nobody can read is no version that fits: nothing begins', async () => {
  const world = await smallFleet({
    clusters: [
      {
        ...{ name: 'web', version: '1.36', nodegroups: [{ name: 'blue' }] },
        workloads: [{ ...workloadOf('autoscaler'), image: 'registry.example.com/autoscaler:latest' }],
      },
    ],
    policy: { components: [component('autoscaler')] },
  });
  const asked = mover(world, {});
  await run(world);
  const { status, reasons } = await memberOf(world, 'web');
  expect([status, reasons.map(({ code }) => code), mutationsOf(world), asked]).toEqual([
    'Blocked',
    ['ScanIncomplete'],
    [],
    [],
  ]);
  expect(reasons[0]?.message).toContain('has no tag that is a released version');
});

test('a hook after the add-ons hears of a phase in which only a component was moved', async () => {
  const board = 'arn:aws:lambda:eu-central-1:000000000000:function:board';
  const hooks = [hook('after', 'update-addons', { ask: { lambda: board } })];
  const world = await fleet([component('ingress', { phase: 'before' })], { hooks });
  const asked = mover(world, { ingress: 'v3.6.0' });
  const heard: (string | undefined)[] = [];
  world.hooks.set(board, ({ phase }) => {
    heard.push(phase);
    return JSON.stringify({ schema: 'liftlock.hook/v1', answer: 'go' });
  });
  await run(world);
  expect([asked.length, heard]).toEqual([1, ['before', 'after']]);
});

const page = readFileSync(new URL('../../docs/components.md', import.meta.url), 'utf8');
const block = (words: string) => (new RegExp(`( *)\`\`\`${words}\n([\\s\\S]*?)\`\`\``).exec(page)?.[2] ?? '').trim();

/** A revision of a release, as Helm keeps it. */
const revision = (number: number, version: string, status: string) => ({
  ...{ apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1' },
  metadata: {
    ...{ namespace: 'ingress', name: `sh.helm.release.v1.traefik.v${number}` },
    labels: { owner: 'helm', name: 'traefik', version: String(number), status },
  },
  data: {
    release: Buffer.from(
      gzipSync(
        JSON.stringify({ name: 'traefik', manifest: '', chart: { metadata: { name: 'traefik', version } } }),
      ).toString('base64'),
    ).toString('base64'),
  },
});

test('what the page shows is right, and an upgrade goes by it: a release of Helm, and a Deployment', async () => {
  const { components } = parse(block('yaml')) as { components: readonly { readonly hook?: Record<string, string> }[] };
  const autoscaler = { ...workloadOf('autoscaler'), namespace: 'kube-system', name: 'cluster-autoscaler' };
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'blue' }], workloads: [autoscaler] }],
    policy: { components },
  });
  const kubernetes = Object.values(world.eks.state.clusters)[0]?.kubernetes;
  if (kubernetes === undefined) throw new Error('There is no cluster.');
  kubernetes.objects = [revision(1, '35.4.0', 'deployed')];
  const [machine = '', mover = ''] = components.flatMap(({ hook: of = {} }) => Object.values(of));
  world.hooks.set(machine, () => {
    kubernetes.objects = [revision(1, '35.4.0', 'superseded'), revision(2, '37.1.2', 'deployed')];
    return JSON.stringify({ schema: 'liftlock.hook/v1', answer: 'go' });
  });
  const { mover: shown } = (await import(`data:text/javascript,${encodeURIComponent(block('js mover'))}`)) as {
    mover: (start: (name: string, what: object) => Promise<string>) => (question: HookRequest) => Promise<object>;
  };
  const questions: HookRequest[] = [];
  const answer = shown(async (_, what) => {
    expect(what).toEqual({ cluster: clusterArn('web'), to: '1.37.x' });
    if (questions.length < 3) return 'running';
    for (const one of kubernetes.workloads.filter(({ name }) => name === 'cluster-autoscaler'))
      one.image = one.image.replace('v1.36.2', 'v1.37.1');
    return 'succeeded';
  });
  world.hooks.set(mover, async (question) => {
    questions.push(question);
    return JSON.stringify(await answer(question));
  });
  await run(world);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  expect(questions).toHaveLength(3);
  expect(questions[0]?.component).toEqual(JSON.parse(block('json component')));
  const [upgrade] = await upgradesOf(world);
  const fits = Object.values(upgrade?.steps ?? {}).flatMap(({ reasons }) =>
    reasons.flatMap(({ code, message }) => (code === 'ComponentFits' ? [message] : [])),
  );
  expect(fits).toEqual([
    'The component ingress (Helm release ingress/traefik) runs 37.1.2, which fits Kubernetes 1.37: the policy wants >=37.1.0 <39.0.0.',
    'The component cluster-autoscaler (Deployment kube-system/cluster-autoscaler) runs 1.37.1, which fits Kubernetes 1.37: the policy wants 1.37.x.',
  ]);
});

test.each(['go', 'wait'])(
  'whoever is asked after the add-ons is heard, also where the mover says %s and has moved it',
  async (answer) => {
    const board = 'arn:aws:lambda:eu-central-1:000000000000:function:board';
    const hooks = [hook('after', 'update-addons', { ask: { lambda: board } })];
    const world = await fleet([component('ingress', { phase: 'before' })], { hooks });
    mover(world, { ingress: 'v3.6.2' }, answer);
    world.hooks.set(board, () => '{"schema":"liftlock.hook/v1","answer":"stop"}');
    await run(world);
    expect([versionOf(world, 'web'), calls(world)]).toEqual(['1.36', []]);
    expect((await memberOf(world, 'web')).reasons[0]?.code).toBe('HookRefused');
    // Nor is who has said stop to what was moved passed by a retry, which has nothing more to move.
    await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
    await run(world);
    expect([versionOf(world, 'web'), calls(world)]).toEqual(['1.36', []]);
  },
);
