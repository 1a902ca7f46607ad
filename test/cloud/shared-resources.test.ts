import { sessionPolicy } from '../../adapters/aws/eks-mutator.ts';
import type { CloudParts } from '../../simulator/cloud/cloud-parts.ts';
import { eksLookups } from '../../simulator/cloud/eks/eks-lookups.ts';
import { iamInstallers } from '../../simulator/cloud/install/install-stack.ts';
import type { Template } from '../../simulator/cloud/template/assembly.ts';
import { type Resource, resolveStack } from '../../simulator/cloud/template/resolve-stack.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { LocalIam } from '../../simulator/iam/local-iam.ts';
import type { Lookups } from '../../simulator/iam/requirements/requirement.ts';
import { testWorld } from '../material/eks/world.ts';
import { HUB, NOW, REGION, SPOKE } from '../material/iam/accounts.ts';
import { EXTERNAL_ID, SPOKE_ROLE } from '../material/iam/spoke.ts';
import { functionSession, spokeWorld } from '../material/iam/spoke-world.ts';
import { synthesize } from '../material/infra/synthesize.ts';

/** The account that shares its resources with the spoke. */
const OWNER = '333333333333';
const GROUP = { clusterName: 'prod', nodegroupName: 'workers', clientRequestToken: 'token' };

const { resources } = resolveStack(synthesize().spokeRole as Template, {
  stack: 'LiftlockSpokeRole',
  place: { account: SPOKE, region: REGION, partition: 'aws', origin: 'http://127.0.0.1:4566' },
  parameters: { HubAccountId: HUB },
  imports: new Map(),
});

/** The spoke's account with the role of the template, or of one that was changed. */
function spokeWith(changed: readonly Resource[] = resources): LocalIam {
  const iam = spokeWorld();
  for (const role of changed.filter(({ type }) => type === 'AWS::IAM::Role'))
    void iamInstallers['AWS::IAM::Role']?.(role, { directory: iam.directory } as CloudParts, changed);
  return iam;
}

function rollSession(iam: LocalIam) {
  const call = { name: 'UpdateNodegroupVersion', input: { ...GROUP, version: '1.36' } } as const;
  return iam.assumeRole({
    caller: functionSession(iam, 'roll-node-group'),
    input: {
      RoleArn: SPOKE_ROLE,
      RoleSessionName: 'liftlock-roll-node-group',
      ExternalId: EXTERNAL_ID,
      Policy: JSON.stringify(sessionPolicy('aws', { account: SPOKE, region: REGION }, call)),
    },
    now: NOW,
    where: 'test',
  });
}

/** What EKS answers when a node group with a launch template is rolled. */
function roll(iam: LocalIam, lookups: Lookups): string {
  const { credentials: signer } = rollSession(iam);
  const place = { region: REGION, requestId: '1', origin: 'http://127.0.0.1:4566', signer };
  try {
    iam.admit({
      call: { service: 'eks', operation: 'UpdateNodegroupVersion', input: GROUP, ...place },
      now: NOW,
      lookups,
    });
    return 'allowed';
  } catch (error) {
    return String(error);
  }
}

/** A node group whose subnets are the owner's. */
function lookupsOf(owner: string): Lookups {
  const { fake, state } = testWorld((world) => {
    const nodegroups = [{ name: 'workers', launchTemplate: { id: 'lt-1', version: '1' } }];
    addCluster(world, { name: 'prod', version: '1.35', account: SPOKE, region: REGION, nodegroups });
  });
  const [cluster] = Object.values(state.clusters);
  const subnets = cluster?.nodegroups[0]?.description.subnets ?? [];
  expect(subnets).toHaveLength(2);
  state.subnetOwners = Object.fromEntries(subnets.map((id) => [id, owner]));
  return eksLookups(fake);
}

test.each([
  ['its own account', SPOKE],
  ['another account', OWNER],
])('a node group with a launch template rolls in subnets of %s', (_, owner) => {
  expect(roll(spokeWith(), lookupsOf(owner))).toBe('allowed');
});

test('a role that is limited to subnets of its own account is denied in shared ones', () => {
  const text = JSON.stringify(resources).replaceAll('ec2:*:*:subnet/*', `ec2:*:${SPOKE}:subnet/*`);
  const limited = spokeWith(JSON.parse(text) as Resource[]);
  expect(roll(limited, lookupsOf(SPOKE))).toBe('allowed');
  expect(roll(limited, lookupsOf(OWNER))).toMatch(
    new RegExp(`not authorized to launch instances .*ec2:RunInstances on arn:aws:ec2:${REGION}:${OWNER}:subnet/`),
  );
});

test.each([
  `arn:aws:ec2:${REGION}:${OWNER}:security-group/sg-1`,
  `arn:aws:ec2:${REGION}:${OWNER}:capacity-reservation/cr-1`,
  `arn:aws:ec2:${REGION}:${OWNER}:placement-group/close`,
  `arn:aws:resource-groups:${REGION}:${OWNER}:group/reservations`,
  `arn:aws:resource-groups:${REGION}:${SPOKE}:group/reservations`,
])('it rolls with %s too', (arn) => {
  const template = { launchTemplateId: 'lt-1', taken: [arn], taggedResourceTypes: ['instance'] };
  expect(roll(spokeWith(), { ...lookupsOf(SPOKE), launchTemplateOf: () => template })).toBe('allowed');
});

test.each(['instance', 'network-interface', 'volume', 'spot-instances-request', 'launch-template', 'key-pair'])(
  'what a launch makes and what nobody can share stays in the account: %s',
  (type) => {
    const iam = spokeWith();
    const { session: principal } = rollSession(iam);
    const context = {
      'ec2:LaunchTemplate': `arn:aws:ec2:${REGION}:${SPOKE}:launch-template/lt-1`,
      'ec2:CreateAction': 'RunInstances',
    };
    const may = (action: string, account: string, kind = type) => {
      const resource = `arn:aws:ec2:${REGION}:${account}:${kind}/one`;
      return iam.authorize({ principal, action, resource, context, where: 'test' }).allowed;
    };
    expect([may('ec2:RunInstances', SPOKE), may('ec2:RunInstances', OWNER)]).toEqual([true, false]);
    expect(may('ec2:CreateTags', OWNER)).toBe(false);
    expect(may('ec2:CreateTags', OWNER, 'subnet')).toBe(false);
    expect(may('ec2:CreateTags', SPOKE, 'subnet')).toBe(false);
  },
);

test.each([
  ['the support type EXTENDED', { upgradePolicy: { supportType: 'EXTENDED' } }, true],
  ['the support type STANDARD', { upgradePolicy: { supportType: 'STANDARD' } }, false],
  ['an open endpoint', { resourcesVpcConfig: { endpointPublicAccess: true } }, false],
  ['no logs', { logging: { clusterLogging: [{ enabled: false, types: ['audit'] }] } }, false],
  ['no protection', { deletionProtection: false }, false],
])(
  'of the settings of a cluster the spoke role lets a rollback set the support type alone: %s',
  (_, setting, isAllowed) => {
    const iam = spokeWith();
    const sessionOf = (policy: object) =>
      iam.assumeRole({
        caller: functionSession(iam, 'upgrade-control-plane'),
        input: {
          ...{ RoleArn: SPOKE_ROLE, RoleSessionName: 'liftlock-upgrade-control-plane', ExternalId: EXTERNAL_ID },
          ...policy,
        },
        now: NOW,
        where: 'test',
      });
    const call = { name: 'ExtendSupport', input: { name: 'prod', clientRequestToken: 'token' } } as const;
    const own = { Policy: JSON.stringify(sessionPolicy('aws', { account: SPOKE, region: REGION }, call)) };
    // By the role, and by the session of the call, which the role's other grants must not widen.
    const wide = {
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
    };
    for (const policy of [own, wide]) {
      const { credentials: signer } = sessionOf(policy);
      const input = { name: 'prod', clientRequestToken: 'token', ...setting };
      const place = { region: REGION, requestId: '1', origin: 'http://127.0.0.1:4566', signer };
      const ask = () =>
        iam.admit({
          call: { service: 'eks', operation: 'UpdateClusterConfig', input, ...place },
          now: NOW,
          lookups: lookupsOf(SPOKE),
        });
      if (isAllowed) expect(ask).not.toThrow();
      else expect(ask).toThrow('is not authorized to perform: eks:UpdateClusterConfig');
    }
  },
);
