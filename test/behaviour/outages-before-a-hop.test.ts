import { given } from '../../core/model/given.ts';
import { hours, memberOf, onlyCluster, run, smallFleet, upgradesOf } from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const fault = (status: number, name: string) => Object.assign(new Error('no'), { status, name });

/** A fleet in which EC2 answers the first reads of subnets with an error. */
async function failingFor(reads: number, error: Error) {
  const world = await smallFleet({ clusters: [web] });
  const { ec2 } = world.ports;
  const { describeSubnets } = ec2;
  let left = reads;
  Object.assign(ec2, {
    describeSubnets: async (...asked: Parameters<typeof describeSubnets>) => {
      left -= 1;
      if (left >= 0) throw error;
      return describeSubnets(...asked);
    },
  });
  return world;
}

test.each([fault(503, 'Unavailable'), fault(500, 'InternalError'), new DOMException('late', 'TimeoutError')])(
  'an outage of EC2 of some minutes does not take a cluster out of its rollout: %s',
  async (error) => {
    const world = await failingFor(8, error);
    await run(world);
    expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  },
);

test('one that lasts blocks the hop, and says what was not read and why', async () => {
  const world = await failingFor(1_000, fault(503, 'Unavailable'));
  await hours(world, 0.1);
  const [waiting] = await upgradesOf(world);
  expect(waiting?.steps['scan-cluster']?.reasons[0]?.message).toContain('ec2:DescribeSubnets: Unavailable: no');
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Blocked', reasons: [{ code: 'ScanIncomplete' }] });
});

test.each([
  [8, true, 'Succeeded'],
  [1_000, true, 'Blocked'],
  [1, undefined, 'Blocked'],
] as const)(
  'an alarm of the policy that CloudWatch does not tell %i times (may that pass: %s) leaves the hop %s',
  async (times, mayPass, status) => {
    const world = await smallFleet({ clusters: [web], policy: { scan: { alarms: ['web-errors'] } } });
    let left: number = times;
    const reading = {
      gate: 'web-errors',
      message: 'It could not be read (ThrottlingException): slow.',
      ...given({ mayPass }),
    };
    Object.assign(world.ports.gates, {
      read: async () => {
        left -= 1;
        return left < 0 ? { ...reading, status: 'green', mayPass: undefined } : { ...reading, status: 'unknown' };
      },
    });
    await run(world);
    expect(await memberOf(world, 'web')).toMatchObject({ status });
  },
);

test('what EC2 refuses for good blocks at once', async () => {
  const world = await failingFor(1, fault(400, 'InvalidParameterValue'));
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Blocked', reasons: [{ code: 'ScanIncomplete' }] });
});

test('an API server that breaks its answers off for some minutes does not take a cluster out of its rollout', async () => {
  const world = await smallFleet({ clusters: [web] });
  const reset = { kind: 'connection-reset', when: 'during-body', on: '/readyz', times: 8 } as const;
  onlyCluster(world).kubernetes.faults = [reset];
  await run(world);
  expect([await memberOf(world, 'web'), onlyCluster(world).kubernetes.faults]).toMatchObject([
    { status: 'Succeeded' },
    [],
  ]);
});
