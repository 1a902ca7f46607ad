import { type ControllerRow, controllerOf, controllerOfImage, controllers, releaseOf } from './controllers.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const mirror = '111122223333.dkr.ecr.eu-central-1.amazonaws.com';

test.each([
  ['quay.io/jetstack/cert-manager-controller:v1.18.2', 'cert-manager', '1.18.2'],
  ['jetstack/cert-manager-controller', 'cert-manager', undefined],
  [`${mirror}/quay/jetstack/cert-manager-controller:v1.18.2`, 'cert-manager', '1.18.2'],
  [`quay.io/jetstack/cert-manager-controller@${digest}`, 'cert-manager', undefined],
  [`registry.k8s.io/ingress-nginx/controller:v1.12.1@${digest}`, 'ingress-nginx', '1.12.1'],
  ['registry.local:5000/ingress-nginx/controller:v1.12.1', 'ingress-nginx', '1.12.1'],
  ['602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.19.0-eksbuild.1', 'aws-vpc-cni', '1.19.0'],
  [
    '602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/aws-load-balancer-controller:v2.4.6',
    'aws-load-balancer-controller',
    '2.4.6',
  ],
  ['public.ecr.aws/karpenter/controller:1.9.0', 'karpenter', '1.9.0'],
  ['cr.l5d.io/linkerd/controller:edge-25.1.1', 'linkerd', undefined],
])('%s is %s %s', (image, component, version) => {
  expect(controllerOfImage(image)).toEqual({ component, version });
});

test.each([
  'nginx:1.27',
  'example.com/other/controller:v1.0.0',
  'example.com/my-cert-manager-controller:v1.0.0',
  'controller',
  '',
])('%j is no controller that is known', (image) => {
  expect(controllerOfImage(image)).toBeUndefined();
});

test('a version counts for the last release line that is not newer', () => {
  const row = controllerOf('karpenter') as ControllerRow;
  expect(releaseOf(row, '1.0.4')).toMatchObject({ release: '1.0', max: '1.30' });
  expect(releaseOf(row, '1.0.5')).toMatchObject({ release: '1.0.5', max: '1.31' });
  expect(releaseOf(row, '1.10.0')).toMatchObject({ release: '1.9', max: '1.35' });
  expect(releaseOf(row, '0.31')).toBeUndefined();
});

test('nothing is said about a line that the source did not know yet, unless its range is open', () => {
  const known = controllerOf('cert-manager') as ControllerRow;
  expect(releaseOf(known, '1.21.9')).toMatchObject({ release: '1.21', max: '1.36' });
  expect(releaseOf(known, '1.22.0')).toBeUndefined();
  const open = controllerOf('metrics-server') as ControllerRow;
  expect(releaseOf(open, '1.2.0')).toMatchObject({ release: '0.9', min: '1.34', max: null });
});

test('the load balancer controller that reads a removed API supports nothing from 1.25 on', () => {
  const row = controllerOf('aws-load-balancer-controller') as ControllerRow;
  expect(releaseOf(row, '2.4.6')?.max).toBe('1.24');
  expect(releaseOf(row, '2.4.7')?.max).toBeNull();
});

test('only ingress-nginx is retired, and cluster-autoscaler goes with its own minor', () => {
  expect(controllers.filter(({ retired }) => retired !== null).map(({ component }) => component)).toEqual([
    'ingress-nginx',
  ]);
  for (const { release, min, max } of controllerOf('cluster-autoscaler')?.releases ?? []) {
    expect([min, max]).toEqual([release, release]);
  }
});
