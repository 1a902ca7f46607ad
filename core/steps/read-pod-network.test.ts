import type { ReadAnswer } from '../ports/cluster-reader.ts';
import { readPodNetwork } from './scan-facts.ts';

const context = { name: 'web', cluster: {} } as never;
const json = (body: object): ReadAnswer => ({ status: 200, text: JSON.stringify(body) });
const daemonSet = (...env: object[]) =>
  json({ spec: { template: { spec: { containers: [{ name: 'aws-node', env }, { name: 'agent' }] } } } });
const custom = { name: 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG', value: 'true' };
const eniConfigs = json({ items: [{ metadata: { name: 'a' }, spec: { subnet: 'subnet-1' } }] });

async function read(...answers: ReadAnswer[]) {
  const asked: string[] = [];
  const reader = {
    get: async ({ path }: { path: string }) => {
      asked.push(path.split('/').at(-1) ?? '');
      return answers[asked.length - 1] as ReadAnswer;
    },
  };
  const readers = { open: () => ({ reader, wait: async () => {}, close: () => {} }) };
  const { podNetwork, coverage } = await readPodNetwork({ readers }, context, {} as never);
  return { podNetwork, asked, coverage: [coverage.status, coverage.detail, coverage.count] };
}

test('what the CNI runs with is read, and ENIConfigs only where pods are elsewhere', async () => {
  expect(
    await read(daemonSet({ name: 'WARM_ENI_TARGET', value: '1' }, { name: 'MY_NODE_NAME', valueFrom: {} })),
  ).toEqual({
    podNetwork: { settings: { WARM_ENI_TARGET: '1', MY_NODE_NAME: '' }, eniConfigs: [] },
    asked: ['aws-node'],
    coverage: ['read', '', 1],
  });
  expect(await read(daemonSet(custom), eniConfigs)).toEqual({
    podNetwork: { settings: { [custom.name]: 'true' }, eniConfigs: [{ name: 'a', subnet: 'subnet-1' }] },
    asked: ['aws-node', 'eniconfigs'],
    coverage: ['read', '', 2],
  });
});

test('a cluster without the VPC CNI, and one without ENIConfigs, have none', async () => {
  const gone = { status: 404, text: '' };
  expect(await read(gone)).toEqual({ podNetwork: undefined, asked: ['aws-node'], coverage: ['read', '', 0] });
  expect((await read(daemonSet(custom), gone)).podNetwork?.eniConfigs).toEqual([]);
});

test.each([
  [[{ status: 403, text: '' }], 'get of daemonsets in kube-system'],
  [[daemonSet(custom), { status: 403, text: '' }], 'list of eniconfigs in the API group crd.k8s.amazonaws.com'],
])('what may not be read is a gap that names the permission', async (answers, permission) => {
  const { podNetwork, coverage } = await read(...answers);
  expect([podNetwork, coverage]).toEqual([undefined, ['denied', `It answered 403: the role needs ${permission}.`, 0]]);
});
