import { scanText } from '../manifest/scan-text.ts';

const budget = (rule: string, name = 'web') =>
  `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: ${name}, namespace: shop, labels: {team: shop-core}}\nspec:\n  ${rule}\n  selector: {matchLabels: {app: web}}\n`;
const deployment = (replicas: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  ${replicas}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: web}]}\n`;
const autoscaler =
  'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: shop}\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  maxReplicas: 5\n';
const scaledObject =
  'apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web, namespace: shop}\nspec: {scaleTargetRef: {name: web}}\n';

const stuck = (...documents: string[]) =>
  scanText('f.yaml', documents.join('---\n')).observations.flatMap((one) =>
    one.type === 'problem' && one.rule === 'DrainStuck' ? [one] : [],
  );

test.each([['maxUnavailable: 0'], ['maxUnavailable: 0%'], ['minAvailable: 100%']])(
  '%s never lets a pod go, whatever it selects',
  (rule) => {
    expect(stuck(budget(rule))).toMatchObject([
      {
        ...{ source: 'manifest', severity: 'error', owner: 'shop-core' },
        subject: { kind: 'PodDisruptionBudget', namespace: 'shop', name: 'web' },
        location: { file: 'f.yaml', line: 4 },
        message: expect.stringContaining('shop/web never lets a pod go'),
      },
    ]);
  },
);

test('a name in a file that is no name of Kubernetes stays one word of the command that is to be pasted', () => {
  const [found] = stuck(budget('maxUnavailable: 0', '"web; touch x #"'), deployment('replicas: 3'));
  expect(found?.fix).toContain("kubectl -n shop patch pdb 'web; touch x #' --type merge");
});

test.each([
  ['a budget by itself', [budget('minAvailable: 1')], 0],
  ['one replica of which one must be available', [budget('minAvailable: 1'), deployment('replicas: 1')], 1],
  ['no word about replicas, which is one', [budget('minAvailable: 1'), deployment('paused: false')], 1],
  ['more replicas than must be available', [budget('minAvailable: 1'), deployment('replicas: 2')], 0],
  ['as many replicas as must be available', [deployment('replicas: 3'), budget('minAvailable: 3')], 1],
  ['replicas that an autoscaler chooses', [budget('minAvailable: 1'), deployment('replicas: 1'), autoscaler], 0],
  ['replicas that KEDA chooses', [budget('minAvailable: 1'), deployment('replicas: 1'), scaledObject], 0],
  ['nothing that runs', [budget('minAvailable: 1'), deployment('replicas: 0')], 0],
  [
    'two budgets on the same pods',
    [budget('minAvailable: 1'), budget('maxUnavailable: 1', 'b'), deployment('replicas: 3')],
    1,
  ],
])('%s', (_, documents, count) => {
  expect(stuck(...documents)).toHaveLength(count);
});

test('it names the workload, and is said once', () => {
  const found = stuck(budget('maxUnavailable: 0'), deployment('replicas: 3'));
  expect(found.map(({ message }) => message)).toEqual([expect.stringContaining('Deployment shop/web')]);
});

test.each([
  ['minAvailable: 3', 3, ', or run at least 4 replicas: kubectl'],
  ['minAvailable: 90%', 8, ', or run at least 10 replicas: kubectl'],
  ['minAvailable: 100%', 8, 'below the replicas): kubectl'],
  ['maxUnavailable: 0', 8, 'below the replicas): kubectl'],
  ['maxUnavailable: 0%', 8, 'below the replicas): kubectl'],
])('more replicas are named where they help: %s with %s', (rule, replicas, fix) => {
  expect(stuck(budget(rule), deployment(`replicas: ${replicas}`))[0]?.fix).toContain(fix);
});
