import { findCli, runCli } from '../../../test/refusals/aws-cli.ts';
import { startEksServer } from '../../../test/refusals/eks-server.ts';
import { shop } from '../../../test/refusals/refusal.ts';

jest.setTimeout(60_000);

const found = await findCli();
const withCli = 'missing' in found ? test.skip : test;

withCli('the AWS CLI makes a node group, sees it come, and takes the old one away', async () => {
  const world = shop({ nodegroups: [{ name: 'old' }] })();
  const server = await startEksServer(world);
  const aws = async (...words: string[]) => {
    const { status, output, errors } = await runCli(['eks', ...words, '--cluster-name', 'shop'], server.origin);
    expect([status, errors]).toEqual([0, '']);
    return output === '' ? {} : JSON.parse(output);
  };
  try {
    const role = 'arn:aws:iam::111111111111:role/node';
    const created = await aws(
      ...['create-nodegroup', '--nodegroup-name', 'new', '--node-role', role, '--subnets', 'subnet-1', 'subnet-2'],
      ...[
        '--scaling-config',
        'minSize=1,maxSize=3,desiredSize=2',
        '--labels',
        'tier=web',
        '--ami-type',
        'AL2023_x86_64_STANDARD',
      ],
    );
    expect(created.nodegroup).toMatchObject({ status: 'CREATING', version: '1.35', labels: { tier: 'web' } });
    world.pass(10);
    // A waiter polls until the state is reached.
    await aws('wait', 'nodegroup-active', '--nodegroup-name', 'new');
    const deleted = await aws('delete-nodegroup', '--nodegroup-name', 'old');
    expect(deleted.nodegroup.status).toBe('DELETING');
    world.pass(15);
    await aws('wait', 'nodegroup-deleted', '--nodegroup-name', 'old');
    expect(await aws('list-nodegroups')).toEqual({ nodegroups: ['new'] });
    expect(server.failures).toEqual([]);
  } finally {
    await server.close();
  }
});
