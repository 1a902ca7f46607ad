import { testCaller } from '../material/eks/world.ts';
import {
  inUse,
  invalidParameter,
  invalidRequest,
  invalidState,
  notFound,
  oneRule,
  type Refusal,
  requiredByCli,
  rollbackOfCli,
  shop,
} from './refusal.ts';

const operation = 'UpdateClusterVersion' as const;
const upgrade = { name: 'shop', version: '1.36' };
const subject = { clusterName: 'shop' };
const unsupported = { ...invalidParameter, message: /^unsupported Kubernetes version$/ };
const notActive = (status: string) => ({ ...invalidRequest, message: new RegExp(`is not ACTIVE, it is ${status}$`) });
const running = {
  ...inUse,
  message: /^Cannot VersionUpdate because cluster shop currently has update [0-9a-f-]{36} in progress$/,
};

export const clusterVersionRefusals: readonly Refusal[] = [
  {
    name: 'an upgrade of two minors',
    source: '§2.1',
    world: shop(),
    operation,
    input: { name: 'shop', version: '1.37' },
    ...invalidParameter,
    message: /^Unsupported Kubernetes minor version update from 1\.35 to 1\.37$/,
    subject,
  },
  {
    name: 'an upgrade to the version it has',
    source: '§2.2; rancher/rancher#21043',
    world: shop(),
    operation,
    input: { name: 'shop', version: '1.35' },
    ...invalidParameter,
    message: /^Unsupported Kubernetes minor version update from 1\.35 to 1\.35$/,
  },
  ...oneRule(
    {
      name: 'a version that nobody knows',
      source: '§2.2',
      world: shop(),
      operation,
      input: { name: 'shop', version: '2.0' },
      ...unsupported,
      subject,
    },
    {
      name: 'the next minor before its release',
      source: '§1.2',
      world: shop({ version: '1.37' }),
      operation,
      input: { name: 'shop', version: '1.38' },
      ...unsupported,
    },
    {
      name: 'a version out of support',
      source: '§1.1',
      world: shop(),
      operation,
      input: { name: 'shop', version: '1.30' },
      ...unsupported,
    },
    {
      name: 'a version with its patch',
      source: 'terraform-aws-modules/terraform-aws-eks#1669',
      world: shop(),
      operation,
      input: { name: 'shop', version: '1.36.2' },
      ...unsupported,
    },
    {
      name: 'a version in words',
      source: '§2.2; rancher/rancher#27777',
      world: shop(),
      operation,
      input: { name: 'shop', version: 'latest' },
      ...unsupported,
    },
    {
      name: 'a version with leading zeros',
      source: '§2.2',
      world: shop(),
      operation,
      input: { name: 'shop', version: '1.034' },
      ...unsupported,
    },
  ),
  {
    name: 'an upgrade to no version',
    source: '§2',
    world: shop(),
    operation,
    input: { name: 'shop' },
    ...invalidParameter,
    message: /version is required/,
    cli: requiredByCli,
  },
  ...oneRule(
    {
      name: 'a second upgrade while DescribeCluster still says ACTIVE',
      source: '§2.1, §2.3; rancher/eks-operator#547',
      world: shop({}, (world) => world.call(operation, upgrade)),
      operation,
      input: upgrade,
      ...running,
      subject,
    },
    {
      name: 'a second upgrade of a cluster that is UPDATING',
      source: '§2.1',
      world: shop({}, (world) => {
        world.call(operation, upgrade);
        world.pass(1);
      }),
      operation,
      input: upgrade,
      ...running,
    },
    {
      name: 'an upgrade while the upgrade policy changes',
      source: '§1.3',
      world: shop({}, (world) =>
        world.call('UpdateClusterConfig', { name: 'shop', upgradePolicy: { supportType: 'STANDARD' } }),
      ),
      operation,
      input: upgrade,
      ...running,
    },
    {
      name: 'an upgrade while AWS upgrades by force',
      source: '§1.3; aws/containers-roadmap#1500',
      world: shop({}, (world) => {
        const { account, region } = testCaller;
        world.fake.addActor({ at: world.now().getTime(), account, region, do: 'auto-upgrade', cluster: 'shop' });
      }),
      operation,
      input: upgrade,
      ...running,
    },
  ),
  ...oneRule(
    ...(['CREATING', 'DELETING', 'FAILED'] as const).map((status) => ({
      name: `an upgrade of a cluster that is ${status}`,
      source: '§2.1, §2.2',
      world: shop({}, (_, cluster) => {
        cluster.status = status;
      }),
      operation,
      input: upgrade,
      ...notActive(status),
      subject,
    })),
  ),
  {
    name: 'an upgrade of a cluster that is only connected',
    source: '§6',
    world: shop({}, (_, cluster) => {
      cluster.description.connectorConfig = { provider: 'OTHER' };
    }),
    operation,
    input: upgrade,
    ...invalidRequest,
    message: /is connected, not managed by Amazon EKS$/,
  },
  {
    name: 'a hop that leaves a node group four minors behind',
    source: 'C2, §8; hashicorp/terraform-provider-aws#19478',
    world: shop({ nodegroups: [{ name: 'old', version: '1.32' }] }),
    operation,
    input: upgrade,
    ...invalidRequest,
    message: /^Nodegroups old must be updated to match cluster version 1\.35 before updating cluster version$/,
    subject,
  },
  {
    name: 'an upgrade over red insights, once AWS enforces them again',
    source: 'C3, §2.2; hashicorp/terraform-provider-aws#42031',
    world: shop({ addons: { coredns: 'v1.11.4-eksbuild.33' } }, ({ state }) => {
      state.enforcesUpgradeInsights = true;
    }),
    operation,
    input: upgrade,
    ...invalidState,
    message: /^Upgrade readiness issues detected\. Call the EKS ListInsights API/,
    subject,
  },
  ...oneRule(
    {
      name: 'an upgrade of an unknown cluster',
      source: '§2.2',
      world: shop(),
      operation,
      input: { ...upgrade, name: 'none' },
      ...notFound,
      message: /^No cluster found for name: none\.$/,
      subject: { clusterName: 'none' },
    },
    {
      name: 'an upgrade of a cluster of another Region',
      source: '§12',
      world: shop({ region: 'us-east-1' }),
      operation,
      input: upgrade,
      ...notFound,
      message: /^No cluster found for name: shop\.$/,
    },
  ),
  ...oneRule(
    ...[119, 10_081].map((timeoutMinutes) => ({
      name: `a rollback that may take ${timeoutMinutes} minutes`,
      source: '§3.4',
      world: shop(),
      operation,
      input: { name: 'shop', version: '1.34', rollbackConfig: { timeoutMinutes } },
      ...invalidParameter,
      message: /^rollbackConfig\.timeoutMinutes must be between 120 and 10080$/,
      cli: rollbackOfCli,
    })),
  ),
  {
    name: 'a token of another upgrade',
    source: '§2.4',
    world: shop({}, (world) => world.call(operation, { ...upgrade, clientRequestToken: 'first' })),
    operation,
    input: { name: 'shop', version: '1.37', clientRequestToken: 'first' },
    ...invalidParameter,
    message: /^clientRequestToken first was already used with different parameters$/,
  },
];
