import { refusal, testCaller, testDay, testWorld } from '../../test/material/eks/world.ts';
import { addCluster } from './add-cluster.ts';
import { FakeEks } from './fake-eks.ts';
import { acceptedMutations, overlappingUpdates, updateTimeline, versionAt } from './log/timeline.ts';
import { seededRandom } from './seeded-random.ts';

const shop = (version = '1.35') =>
  testWorld((state) => {
    addCluster(state, { name: 'shop', version, nodegroups: [{ name: 'workers' }] });
  });

describe('access', () => {
  test('a denied account is denied everything', () => {
    const world = shop();
    world.state.deniedAccounts.push('444444444444');
    const caller = { ...testCaller, account: '444444444444' };
    expect(refusal(() => world.call('ListClusters', {}, caller))).toBe('AccessDeniedException');
    expect(refusal(() => world.call('DescribeClusterVersions', {}, caller))).toBe('AccessDeniedException');
  });

  test('an operation that is not modelled is named loudly', () => {
    const world = shop();
    expect(() => world.fake.operation('CreateAddon', {}, testCaller, testDay)).toThrow('eks:CreateAddon');
  });

  test('errors carry what the SDK’s carry', () => {
    const world = shop();
    expect(() => world.call('DescribeCluster', { name: 'none' })).toThrow(
      expect.objectContaining({
        name: 'ResourceNotFoundException',
        $fault: 'client',
        $metadata: { httpStatusCode: 404 },
      }),
    );
  });
});

describe('throttling', () => {
  test('reads and writes of one account and Region share a bucket that refills', () => {
    const world = shop();
    world.state.throttle = { requestsPerSecond: 1, burst: 2 };
    world.call('ListClusters', {});
    world.call('ListClusters', {});
    expect(refusal(() => world.call('DescribeCluster', { name: 'shop' }))).toBe('TooManyRequestsException');
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' }))).toBe(
      'ThrottlingException',
    );
    expect(refusal(() => world.call('ListClusters', {}, { ...testCaller, region: 'us-east-1' }))).toBe('none');
    world.pass(1 / 60);
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' }))).toBe('none');
  });
});

describe('faults', () => {
  test('an error comes before any effect', () => {
    const world = shop();
    world.fake.faults.add({ operation: 'UpdateClusterVersion', effect: { kind: 'error', name: 'ServerException' } });
    const call = () => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' });
    expect(refusal(call)).toBe('ServerException');
    expect(world.state.mutations).toEqual([]);
    expect(refusal(call)).toBe('none');
  });

  test('a lost answer comes after the effect, and the token finds it again', () => {
    const world = shop();
    world.fake.faults.add({ operation: 'UpdateClusterVersion', effect: { kind: 'answer-lost' } });
    const call = () => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36', clientRequestToken: 't' });
    expect(refusal(call)).toBe('TimeoutError');
    const [update] = updateTimeline(world.state);
    expect(call().update?.id).toBe(update?.id);
    expect(acceptedMutations(world.state)).toHaveLength(1);
    expect(acceptedMutations(world.state, { withReplays: true })).toHaveLength(2);
  });

  test('they can be aimed at one cluster, skip calls and hit several', () => {
    const world = shop();
    world.fake.faults.add({ cluster: 'shop', skip: 1, times: 2, effect: { kind: 'throttle' } });
    const outcomes = [1, 2, 3, 4].map(() => refusal(() => world.call('DescribeCluster', { name: 'shop' })));
    expect(outcomes).toEqual(['none', 'ThrottlingException', 'ThrottlingException', 'none']);
  });
});

describe('pages', () => {
  test('follow nextToken to the end without gaps or repeats', () => {
    const names = Array.from({ length: 7 }, (_, index) => `c${index}`);
    const world = testWorld((state) => {
      for (const name of names) addCluster(state, { name, version: '1.36' });
    });
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = world.call('ListClusters', { maxResults: 3, ...(nextToken === undefined ? {} : { nextToken }) });
      found.push(...(page.clusters ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(found).toEqual(names);
  });

  test.each([{ maxResults: 0 }, { maxResults: 101 }, { nextToken: 'made up' }])('refuse %o', (input) => {
    expect(refusal(() => shop().call('ListClusters', input))).toBe('InvalidParameterException');
  });
});

describe('clusters come and go', () => {
  const creation = { name: 'new', roleArn: 'arn:aws:iam::111111111111:role/new', resourcesVpcConfig: {} };

  test('CreateCluster refuses a name in use and a version that is not offered', () => {
    const world = shop();
    expect(refusal(() => world.call('CreateCluster', { ...creation, name: 'shop' }))).toBe('ResourceInUseException');
    expect(refusal(() => world.call('CreateCluster', { ...creation, version: '1.30' }))).toBe(
      'InvalidParameterException',
    );
  });

  test('a Region holds 100 clusters', () => {
    const world = testWorld((state) => {
      for (let index = 0; index < 100; index++) addCluster(state, { name: `c${index}`, version: '1.36' });
    });
    expect(refusal(() => world.call('CreateCluster', creation))).toBe('ResourceLimitExceededException');
  });

  test('DeleteCluster refuses while node groups are there, and takes minutes', () => {
    const world = shop();
    expect(refusal(() => world.call('DeleteCluster', { name: 'shop' }))).toBe('ResourceInUseException');
    world.call('CreateCluster', creation);
    world.pass(15);
    expect(world.call('DeleteCluster', { name: 'new' }).cluster?.status).toBe('DELETING');
    world.pass(6);
    expect(refusal(() => world.call('DescribeCluster', { name: 'new' }))).toBe('ResourceNotFoundException');
  });

  test('a recreated cluster has the same ARN and another creation time', () => {
    const world = shop();
    const before = world.call('DescribeCluster', { name: 'shop' }).cluster;
    const at = world.now().getTime() + 60_000;
    const place = { account: testCaller.account, region: testCaller.region, cluster: 'shop' };
    world.fake.addActor({ ...place, at, do: 'recreate-cluster' });
    world.pass(2);
    const after = world.call('DescribeCluster', { name: 'shop' }).cluster;
    expect(after?.arn).toBe(before?.arn);
    expect(after?.createdAt?.getTime()).toBe(at);
    expect(world.state.gone).toHaveLength(1);
  });

  test('a cluster that is recreated amid an update of an add-on has that add-on at rest', () => {
    const world = shop();
    world.call('UpdateAddon', { clusterName: 'shop', addonName: 'coredns', resolveConflicts: 'OVERWRITE' });
    world.pass(0.3);
    const addon = () => world.call('DescribeAddon', { clusterName: 'shop', addonName: 'coredns' }).addon;
    expect(addon()?.status).toBe('UPDATING');
    const place = { account: testCaller.account, region: testCaller.region, cluster: 'shop' };
    world.fake.addActor({ ...place, at: world.now().getTime() + 1, do: 'recreate-cluster' });
    world.pass(0.1);
    expect(addon()?.status).toBe('ACTIVE');
  });
});

describe('outside actors', () => {
  test('act with their own principal and are in the log', () => {
    const world = shop();
    world.fake.addActor({
      at: world.now().getTime() + 1000,
      account: testCaller.account,
      region: testCaller.region,
      do: 'operation',
      principal: 'arn:aws:iam::111111111111:user/alice',
      operation: 'UpdateClusterVersion',
      input: { name: 'shop', version: '1.36' },
    });
    world.pass(1);
    expect(world.state.mutations[0]).toMatchObject({ principal: 'arn:aws:iam::111111111111:user/alice' });
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' }))).toBe(
      'ResourceInUseException',
    );
  });

  test('what they try in vain harms nobody', () => {
    const world = shop();
    const place = { at: world.now().getTime(), account: testCaller.account, region: testCaller.region };
    world.fake.addActor({ ...place, do: 'delete-cluster', cluster: 'none' });
    world.pass(1);
    expect(world.state.actorFailures).toHaveLength(1);
  });
});

describe('the log', () => {
  test('tells the true life of every update and version', () => {
    const world = shop();
    world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' });
    world.settle();
    const [update] = updateTimeline(world.state);
    expect(update).toMatchObject({ toVersion: '1.36', status: 'Successful' });
    const cluster = { arn: update?.clusterArn ?? '', createdAt: update?.clusterCreatedAt ?? 0 };
    expect(versionAt(world.state, cluster, (update?.endedAt ?? 0) - 1)).toBe('1.35');
    expect(versionAt(world.state, cluster, update?.endedAt ?? 0)).toBe('1.36');
    expect(overlappingUpdates(world.state)).toEqual([]);
  });

  test('planned failures end one update each', () => {
    const world = shop();
    world.state.plannedFailures.push({
      clusterName: 'shop',
      type: 'VersionUpdate',
      errorCode: 'EniLimitReached',
      errorMessage: 'no interfaces left',
    });
    for (const status of ['Failed', 'Successful']) {
      world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' });
      world.settle();
      expect(updateTimeline(world.state).at(-1)?.status).toBe(status);
    }
  });
});

test('the state survives JSON in the middle of a roll', () => {
  const run = (interrupted: boolean) => {
    const world = shop();
    world.call('UpdateNodegroupVersion', { clusterName: 'shop', nodegroupName: 'workers', version: '1.35' });
    world.pass(6);
    const state = interrupted ? JSON.parse(JSON.stringify(world.state)) : world.state;
    const fake = new FakeEks(state, { random: seededRandom(3) });
    fake.advance(new Date(world.now().getTime() + 3 * 3_600_000));
    return fake.state.clusters;
  };
  expect(run(true)).toEqual(run(false));
});

test('the same seed and calls give the same world', () => {
  const run = () => {
    const world = shop();
    world.call('UpdateNodegroupVersion', { clusterName: 'shop', nodegroupName: 'workers', version: '1.35' });
    world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' });
    world.settle();
    return world.state;
  };
  expect(run()).toEqual(run());
});
