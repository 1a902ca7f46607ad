import { DescribeOrganizationCommand, ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetParameterCommand, GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ACCOUNT, REGION, startTestWire } from '../../../test/material/cloud/wire.ts';
import { testWorld } from '../../../test/material/eks/world.ts';
import { organizationOperations, parameterOperations } from './account-operations.ts';

it('answers as Organizations and Parameter Store do', async () => {
  const { fake } = testWorld((state) => {
    const own = { value: 'ami-1', tags: {} };
    state.parameters = { [`${ACCOUNT}/${REGION}/own`]: own, [`222222222222/${REGION}/other`]: own };
  });
  const wire = await startTestWire({
    organizations: organizationOperations(['222222222222'], 'o-test'),
    ssm: parameterOperations(new Map([['/a/b', '30']]), fake),
  });
  const [organizations, parameters] = [new OrganizationsClient(wire.client), new SSMClient(wire.client)];
  try {
    expect((await organizations.send(new ListAccountsCommand({}))).Accounts).toEqual([
      {
        Id: '222222222222',
        Arn: `arn:aws:organizations::${ACCOUNT}:account/o-test/222222222222`,
        Name: 'account-222222222222',
        Email: '222222222222@example.com',
        Status: 'ACTIVE',
        State: 'ACTIVE',
      },
    ]);
    expect((await organizations.send(new DescribeOrganizationCommand({}))).Organization).toMatchObject({
      Id: 'o-test',
      MasterAccountId: ACCOUNT,
    });
    expect((await parameters.send(new GetParameterCommand({ Name: '/a/b' }))).Parameter).toEqual({
      Name: '/a/b',
      Type: 'String',
      Value: '30',
      Version: 1,
      LastModifiedDate: new Date('2026-01-01T00:00:00Z'),
      ARN: `arn:aws:ssm:${REGION}::parameter/a/b`,
    });
    await expect(parameters.send(new GetParameterCommand({ Name: '/gone' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    const held = async (Name: string) => (await parameters.send(new GetParameterCommand({ Name }))).Parameter?.Value;
    expect(await held('own')).toBe('ami-1');
    await expect(held('other')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    const several = await parameters.send(new GetParametersCommand({ Names: ['/gone', '/a/b'] }));
    expect(several).toMatchObject({ Parameters: [{ Value: '30' }], InvalidParameters: ['/gone'] });
    const published =
      '/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/arm64/standard/recommended/release_version';
    expect((await parameters.send(new GetParameterCommand({ Name: published }))).Parameter).toMatchObject({
      Value: expect.stringMatching(/^1\.36\.\d+-20261112$/),
      LastModifiedDate: new Date('2026-11-12T00:00:00Z'),
    });
    await expect(held(published.replace('1.36', '1.99'))).rejects.toMatchObject({ name: 'ParameterNotFound' });
    expect(wire.failures).toEqual([]);
  } finally {
    organizations.destroy();
    parameters.destroy();
    await wire.close();
  }
});
