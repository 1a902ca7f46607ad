import { preflightCheck } from './preflight-check.ts';

/** The smoke check after the hop would fail for such a Deployment, whatever the hop did. */
export const smokeDeployments = preflightCheck({
  name: 'WorkloadMissing',
  source: 'server',
  finds: 'A Deployment that the policy names (`smoke.deployments`) does not exist.',
  observe: ({ hasMoved, server }) =>
    (hasMoved ? [] : (server?.missing ?? [])).map((named) => {
      const [namespace = '', name = ''] = named.split('/');
      return {
        subject: { kind: 'Deployment', namespace, name },
        cause: `workload:${named}`,
        message: `The policy has the smoke check look at the Deployment ${named}, and it does not exist.`,
        fix: 'Correct smoke.deployments, or bring it there.',
      };
    }),
});
