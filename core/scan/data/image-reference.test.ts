import { comesFromRegistry, endsInRepository, parseImage, versionOfTag } from './image-reference.ts';

const digest = `sha256:${'0'.repeat(64)}`;

test.each([
  ['redis', 'docker.io/library/redis', undefined],
  ['bitnami/redis:7.2', 'docker.io/bitnami/redis', '7.2'],
  ['quay.io/jetstack/cert-manager-controller:v1.18.2', 'quay.io/jetstack/cert-manager-controller', 'v1.18.2'],
  ['localhost/a/b', 'localhost/a/b', undefined],
  ['registry:5000/a/b', 'registry:5000/a/b', undefined],
  ['registry:5000/a/b:1.0', 'registry:5000/a/b', '1.0'],
  [`registry:5000/a/b@${digest}`, 'registry:5000/a/b', undefined],
  [`ghcr.io/kyverno/kyverno:v1.16.0@${digest}`, 'ghcr.io/kyverno/kyverno', 'v1.16.0'],
  [' K8S.gcr.io/pause:3.9 ', 'k8s.gcr.io/pause', '3.9'],
  ['', 'docker.io/library/', undefined],
])('%j is of the repository %s, with the tag %s', (image, repository, tag) => {
  expect(parseImage(image)).toEqual({ repository, tag });
});

test.each([
  ['v1.18.2', '1.18.2'],
  ['1.18', '1.18'],
  ['v1.18.1-eksbuild.1', '1.18.1'],
  ['v2.4.7-linux_amd64', '2.4.7'],
  ['stable-2.14.1', '2.14.1'],
  ['1.27.2-distroless', '1.27.2'],
  ['v3.5.1+abc', '3.5.1'],
  ['latest', undefined],
  ['edge-25.1.1', undefined],
  ['7', undefined],
  ['sha-1.2.3', undefined],
  ['20240101', undefined],
])('the version of the tag %s is %s', (tag, version) => {
  expect(versionOfTag(tag)).toBe(version);
});

test('a suffix is whole folders and names', () => {
  expect(
    endsInRepository('mirror.example/quay/jetstack/cert-manager-controller', 'jetstack/cert-manager-controller'),
  ).toBe(true);
  expect(endsInRepository('jetstack/cert-manager-controller', 'jetstack/cert-manager-controller')).toBe(true);
  expect(endsInRepository('example.com/notjetstack/cert-manager-controller', 'jetstack/cert-manager-controller')).toBe(
    false,
  );
});

test('a registry is a whole host, with or without first folders', () => {
  expect(comesFromRegistry('k8s.gcr.io/pause', 'k8s.gcr.io')).toBe(true);
  expect(comesFromRegistry('eu.k8s.gcr.io/pause', 'k8s.gcr.io')).toBe(false);
  expect(comesFromRegistry('docker.io/bitnami/redis', 'docker.io/bitnami')).toBe(true);
  expect(comesFromRegistry('docker.io/bitnamisecure/redis', 'docker.io/bitnami')).toBe(false);
});
