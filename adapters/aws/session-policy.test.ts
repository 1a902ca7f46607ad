import type { MutatingCall } from '../../core/contracts/mutating-calls.ts';
import { sessionPolicy } from './eks-mutator.ts';

const scope = { account: '111111111111', region: 'eu-central-1' };
const clientRequestToken = 'token';
const statements = (call: MutatingCall) => (sessionPolicy('aws', scope, call) as { Statement: object[] }).Statement;

const controlPlane: MutatingCall = {
  name: 'UpdateClusterVersion',
  input: { name: 'web', version: '1.36', clientRequestToken },
};
const nodeGroup: MutatingCall = {
  name: 'UpdateNodegroupVersion',
  input: { clusterName: 'web', nodegroupName: 'workers', version: '1.36', clientRequestToken },
};
const settings: MutatingCall = {
  name: 'UpdateNodegroupConfig',
  input: { clusterName: 'web', nodegroupName: 'workers', updateConfig: { maxUnavailable: 3 }, clientRequestToken },
};
const addon = (serviceAccountRoleArn?: string): MutatingCall => ({
  name: 'UpdateAddon',
  input: {
    clusterName: 'web',
    addonName: 'coredns',
    addonVersion: 'v1.12.0-eksbuild.1',
    resolveConflicts: 'PRESERVE',
    clientRequestToken,
    ...(serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn }),
  },
});

const support: MutatingCall = { name: 'ExtendSupport', input: { name: 'web', clientRequestToken } };
const extended = { Condition: { StringEquals: { 'eks:supportType': 'EXTENDED' } } };
const version = { Condition: { StringEquals: { 'eks:kubernetesVersion': '1.36' } } };

const web = 'arn:aws:eks:eu-central-1:111111111111:cluster/web';

test.each<[MutatingCall, string, string | string[], object?]>([
  [controlPlane, 'eks:UpdateClusterVersion', [web, `${web}/*`], version],
  [support, 'eks:UpdateClusterConfig', [web, `${web}/*`], extended],
  [nodeGroup, 'eks:UpdateNodegroupVersion', 'arn:aws:eks:eu-central-1:111111111111:nodegroup/web/workers/*'],
  [settings, 'eks:UpdateNodegroupConfig', 'arn:aws:eks:eu-central-1:111111111111:nodegroup/web/workers/*'],
  [addon(), 'eks:UpdateAddon', 'arn:aws:eks:eu-central-1:111111111111:addon/web/coredns/*'],
])('a session may do its one call on its one cluster: %j', (call, action, resource, more = {}) => {
  expect(statements(call)[0]).toEqual({ Effect: 'Allow', Action: action, Resource: resource, ...more });
  const eks = statements(call).filter((statement) => JSON.stringify(statement).includes('eks:'));
  expect(eks).toHaveLength(1);
});

test('only the role of the add-on may be passed', () => {
  const role = 'arn:aws:iam::111111111111:role/vpc-cni';
  expect(statements(addon(role)).slice(1)).toEqual([{ Effect: 'Allow', Action: 'iam:PassRole', Resource: role }]);
  expect(statements(addon())).toHaveLength(1);
});

test('who changes the update settings of a node group may do nothing else beside it', () => {
  expect(statements(settings)).toHaveLength(1);
});

test('it fits into what STS takes', () => {
  for (const call of [controlPlane, nodeGroup, addon('arn:aws:iam::111111111111:role/x')]) {
    expect(JSON.stringify(sessionPolicy('aws-us-gov', scope, call)).length).toBeLessThan(2048);
  }
});
