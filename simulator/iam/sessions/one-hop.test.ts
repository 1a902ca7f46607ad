import { sessionPolicy } from '../../../adapters/aws/eks-mutator.ts';
import { NOW, REGION, SPOKE } from '../../../test/material/iam/accounts.ts';
import { EXTERNAL_ID, SPOKE_ROLE } from '../../../test/material/iam/spoke.ts';
import { functionSession, spokeWorld } from '../../../test/material/iam/spoke-world.ts';

/** IAM's decision about a request of the session for the hop of `prod` to 1.36. */
function ask(input: object): string {
  const iam = spokeWorld();
  const { credentials } = iam.assumeRole({
    caller: functionSession(iam, 'upgrade-control-plane'),
    input: {
      RoleArn: SPOKE_ROLE,
      RoleSessionName: 'liftlock-upgrade-control-plane',
      ExternalId: EXTERNAL_ID,
      Policy: JSON.stringify(
        sessionPolicy(
          'aws',
          { account: SPOKE, region: REGION },
          { name: 'UpdateClusterVersion', input: { name: 'prod', version: '1.36', clientRequestToken: 'token' } },
        ),
      ),
    },
    now: NOW,
    where: 'test',
  });
  const place = { region: REGION, requestId: '1', origin: 'http://127.0.0.1:4566' };
  const call = { service: 'eks', operation: 'UpdateClusterVersion', input, signer: credentials, ...place } as const;
  try {
    iam.admit({ call, now: NOW, lookups: { arnOf: () => undefined } });
    return 'allowed';
  } catch (error) {
    return String(error);
  } finally {
    expect(iam.problems()).toEqual([]);
  }
}

it('lets the session of a hop ask for the version of that hop', () => {
  expect(ask({ name: 'prod', version: '1.36' })).toBe('allowed');
});

it.each([
  ['two hops at once', { name: 'prod', version: '1.37' }],
  ['the version that the cluster has', { name: 'prod', version: '1.35' }],
  ['a rollback', { name: 'prod', version: '1.34' }],
  ['a version that only begins alike', { name: 'prod', version: '1.360' }],
  ['no version', { name: 'prod' }],
  ['another cluster', { name: 'test', version: '1.36' }],
])('IAM itself denies the session of a hop %s', (_, input) => {
  expect(ask(input)).toMatch(/eks:UpdateClusterVersion .* because no session policy allows/);
});
