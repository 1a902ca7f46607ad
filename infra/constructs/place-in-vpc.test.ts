import { KUBERNETES_FUNCTIONS } from '../../core/contracts/names.ts';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import { listOf, resourcesOf, statementsOf } from '../../test/material/infra/template.ts';

const vpc = { subnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'], securityGroupIds: ['sg-0a1b2c3d'] };
const { hub } = synthesize({ vpc });
const inVpc = resourcesOf(hub, 'AWS::Lambda::Function').filter(({ Properties }) => Properties.VpcConfig !== undefined);

test('only the functions that look into clusters are in the VPC, with its subnets and groups', () => {
  expect(inVpc.map(({ Properties }) => Properties.FunctionName)).toEqual(
    KUBERNETES_FUNCTIONS.map((name) => `liftlock-${name}`),
  );
  for (const { Properties } of inVpc)
    expect(Properties.VpcConfig).toEqual({ SubnetIds: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds });
});

test('where it is asked for, so are the functions that call webhooks', () => {
  const names = resourcesOf(synthesize({ vpc: { ...vpc, gates: true } }).hub, 'AWS::Lambda::Function')
    .filter(({ Properties }) => Properties.VpcConfig !== undefined)
    .map(({ Properties }) => Properties.FunctionName);
  const asking = [
    ...['reconcile-rollouts', 'refresh-readiness'],
    ...['update-addons', 'upgrade-control-plane', 'roll-node-group'],
  ];
  expect(names.sort()).toEqual(
    [...new Set([...KUBERNETES_FUNCTIONS, ...asking])].map((name) => `liftlock-${name}`).sort(),
  );
});

test('their roles may have interfaces made, and their code may not make any', () => {
  for (const name of KUBERNETES_FUNCTIONS) {
    const [id = ''] =
      Object.entries(hub.Resources).find(
        ([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties.RoleName === `liftlock-${name}`,
      ) ?? [];
    const statements = statementsOf(hub, id).filter(({ Action }) =>
      listOf(Action).includes('ec2:CreateNetworkInterface'),
    );
    expect(statements.map(({ Effect }) => Effect)).toEqual(['Allow', 'Deny']);
    const own = `arn:<Partition>:lambda:<Region>:<AccountId>:function:liftlock-${name}`;
    expect(statements[1]?.Condition).toEqual({ ArnEquals: { 'lambda:SourceFunctionArn': own } });
  }
});

test('without the setting no function is in a VPC', () => {
  expect(JSON.stringify(synthesize().hub)).not.toContain('VpcConfig');
});
