import { looks, node, scanned } from '../../test/material/steps/checked-cluster.ts';
import { deploymentObject, podObject } from '../../test/material/steps/probed-objects.ts';

test('a Deployment whose pods the kubelet refuses one after the other is worse: those that were made last never get there', async () => {
  const refused = (name: string) => {
    const pod = podObject(name, 'api', { phase: 'Failed' });
    return { ...pod, metadata: { ...pod.metadata, creationTimestamp: '2026-11-20T12:14:00Z' } };
  };
  const pods = ['shop/a', 'shop/b', 'shop/c'].map(refused);
  const has = { pods, deployments: [deploymentObject('shop/api', 0)] };
  expect(await looks({ nodes: [node('a')], has, of: scanned({}) }, 0, 5, 16)).toMatchObject({ status: 'failed' });
});
