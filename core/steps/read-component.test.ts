import { MemoryTable } from '../../adapters/memory/table.ts';
import { contextOf, oneStep } from '../../test/material/steps/one-step.ts';
import type { Component, SeenComponent } from '../scan/preflight/preflight-check.ts';
import { findApiServer } from './api-server.ts';
import { readComponent } from './read-component.ts';

const base = { name: 'a', versions: {}, phase: 'after', timeout: '1h' } as const;
const workload = (kind: 'Deployment' | 'DaemonSet' | 'StatefulSet', container?: string): Component => ({
  ...base,
  workload: { kind, namespace: 'ops', name: 'web', ...(container === undefined ? {} : { container }) },
});
const helm: Component = { ...base, helm: { namespace: 'ops', release: 'web' } };

async function read(component: Component, objects: Readonly<Record<string, object | number>>, isAsked = true) {
  const ports = await oneStep(new MemoryTable(), { objects });
  const context = await contextOf(ports);
  return readComponent(ports, context, isAsked ? findApiServer(context) : undefined, component);
}
const DEPLOYMENT = '/apis/apps/v1/namespaces/ops/deployments/web';
const deployment = (images: readonly string[], status: object = {}, more: object = {}) => ({
  metadata: { generation: 3, labels: { team: 'shop' } },
  spec: {
    replicas: 2,
    template: { spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) } },
    ...more,
  },
  status: { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...status },
});
const settled = { type: 'runs', version: '1.37.2', image: 'ops/web:v1.37.2', owner: 'shop' } as const;
const rolling = (unsettled: string): SeenComponent => ({ ...settled, unsettled });
const detail = (said: string) => ({ type: 'unread', status: 'error', detail: said });

test.each<[string, Component, object | number, object]>([
  ['the tag of its image', workload('Deployment'), deployment(['ops/web:v1.37.2']), settled],
  [
    'the tag of the container that is named',
    workload('Deployment', 'c1'),
    deployment(['x:1.0', 'ops/web:v1.37.2']),
    settled,
  ],
  ['nothing where it is not there', workload('Deployment'), 404, { type: 'absent' }],
  [
    'nothing where it may not be read',
    workload('Deployment'),
    403,
    {
      type: 'unread',
      status: 'denied',
      detail: 'It answered 403: the role needs get of deployments in the API group apps.',
    },
  ],
  ['nothing where the server fails', workload('Deployment'), 500, detail('It answered 500.')],
  [
    'nothing of a digest',
    workload('Deployment'),
    deployment([`ops/web@sha256:${'0'.repeat(64)}`]),
    detail(`The image ops/web@sha256:${'0'.repeat(64)} has no tag that is a released version.`),
  ],
  [
    'nothing of latest',
    workload('Deployment'),
    deployment(['web:latest']),
    detail('The image web:latest has no tag that is a released version.'),
  ],
  [
    'nothing of a release candidate',
    workload('Deployment'),
    deployment(['web:v1.37.0-rc.1']),
    detail('The image web:v1.37.0-rc.1 has no tag that is a released version.'),
  ],
  [
    'nothing where several containers could be meant',
    workload('Deployment'),
    deployment(['a:1.0', 'b:1.1']),
    detail('Deployment ops/web has the containers c0, c1: name the one that counts in the policy.'),
  ],
  [
    'nothing where the container is not there',
    workload('Deployment', 'main'),
    deployment(['a:1.0']),
    detail('Deployment ops/web has no container main but c0: name the one that counts in the policy.'),
  ],
  [
    'a rollout that has not begun',
    workload('Deployment'),
    deployment(['ops/web:v1.37.2'], { observedGeneration: 2 }),
    rolling('its controller has not begun'),
  ],
  [
    'a rollout with pods to make',
    workload('Deployment'),
    deployment(['ops/web:v1.37.2'], { updatedReplicas: 1, replicas: 1 }),
    rolling('of 2 pods 1 are new, 2 available and 0 old'),
  ],
  [
    'a rollout with old pods beside new ones',
    workload('Deployment'),
    deployment(['ops/web:v1.37.2'], { replicas: 3 }),
    rolling('of 2 pods 2 are new, 2 available and 1 old'),
  ],
  [
    'a rollout whose pods do not come up',
    workload('Deployment'),
    deployment(['ops/web:v1.37.2'], { availableReplicas: 1 }),
    rolling('of 2 pods 2 are new, 1 available and 0 old'),
  ],
  ['one that wants no pods', workload('Deployment'), deployment(['ops/web:v1.37.2'], {}, { replicas: 0 }), settled],
])('%s', async (_, component, object, seen) => {
  expect(await read(component, { [DEPLOYMENT]: object })).toEqual(seen);
});

test('a DaemonSet is done when every node has a new pod that is available', async () => {
  const path = '/apis/apps/v1/namespaces/ops/daemonsets/web';
  const is = (updatedNumberScheduled: number, numberAvailable: number) => ({
    [path]: {
      ...deployment(['ops/web:v1.37.2'], {}),
      status: { observedGeneration: 3, desiredNumberScheduled: 3, updatedNumberScheduled, numberAvailable },
    },
  });
  expect(await read(workload('DaemonSet'), is(3, 3))).toEqual(settled);
  expect(await read(workload('DaemonSet'), is(2, 3))).toEqual(rolling('of 3 pods 2 are new, 3 available and 0 old'));
  expect(await read(workload('DaemonSet'), is(3, 2))).toEqual(rolling('of 3 pods 3 are new, 2 available and 0 old'));
});

const SECRETS = '/api/v1/namespaces/ops/secrets';
const LIST = `${SECRETS}?labelSelector=owner%3Dhelm%2Cname%3Dweb`;
const revision = (version: number, status: string) => ({
  metadata: { name: `sh.helm.release.v1.web.v${version}`, namespace: 'ops', labels: { name: 'web', version, status } },
});
const packed = (version: string) => {
  const release = { name: 'web', manifest: '', chart: { metadata: { name: 'web', version } } };
  // Older versions of Helm did not compress it.
  const inner = Buffer.from(JSON.stringify(release)).toString('base64');
  return { data: { release: Buffer.from(inner).toString('base64') } };
};
const ofHelm = { type: 'runs', version: '4.12.1', owner: 'Helm release ops/web' };

test.each<[string, Readonly<Record<string, object | number>>, object]>([
  [
    'the chart of the newest revision that is deployed',
    {
      [LIST]: { items: [revision(1, 'superseded'), revision(2, 'deployed')] },
      [`${SECRETS}/sh.helm.release.v1.web.v2`]: packed('4.12.1'),
    },
    ofHelm,
  ],
  [
    'one whose upgrade is under way',
    {
      [LIST]: { items: [revision(1, 'deployed'), revision(2, 'pending-upgrade')] },
      [`${SECRETS}/sh.helm.release.v1.web.v1`]: packed('4.12.1'),
    },
    { ...ofHelm, unsettled: 'its newest revision 2 is pending-upgrade' },
  ],
  [
    'one whose only revision has failed',
    { [LIST]: { items: [revision(1, 'failed')] }, [`${SECRETS}/sh.helm.release.v1.web.v1`]: packed('4.12.1') },
    { ...ofHelm, unsettled: 'its newest revision 1 is failed' },
  ],
  ['none', { [LIST]: { items: [] } }, { type: 'absent' }],
  ['one that was uninstalled', { [LIST]: { items: [revision(1, 'uninstalled')] } }, { type: 'absent' }],
  [
    'one that holds no release',
    { [LIST]: { items: [revision(1, 'deployed')] }, [`${SECRETS}/sh.helm.release.v1.web.v1`]: { data: {} } },
    detail('Revision 1 of the Helm release ops/web has no chart of a released version.'),
  ],
  [
    'none that may be read',
    { [LIST]: 403 },
    {
      ...{ type: 'unread', status: 'denied' },
      detail: 'It answered 403: the role needs get and list of secrets in the namespace ops.',
    },
  ],
])('of Helm: %s', async (_, objects, seen) => {
  expect(await read(helm, objects)).toEqual(seen);
});

test('nobody knows where no API server is asked', async () => {
  expect(await read(helm, {}, false)).toMatchObject({ type: 'unread', status: 'error' });
});
