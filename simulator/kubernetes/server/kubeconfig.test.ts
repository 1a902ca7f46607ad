import { kubeconfig } from './kubeconfig.ts';

test('names a server, its authority and a token', () => {
  const text = kubeconfig({
    name: 'shop',
    server: 'https://127.0.0.1:6443',
    certificateAuthority: 'UEVN',
    user: { token: 'good' },
    namespace: 'payments',
  });
  expect(JSON.parse(text)).toMatchObject({
    clusters: [{ cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'UEVN' } }],
    users: [{ user: { token: 'good' } }],
    contexts: [{ context: { namespace: 'payments' } }],
    'current-context': 'shop',
  });
});

test('or a command that prints a token', () => {
  const exec = { command: 'aws', args: ['eks', 'get-token'], env: { AWS_PROFILE: 'shop' } };
  const { users } = JSON.parse(kubeconfig({ name: 'shop', server: 'http://127.0.0.1:80', user: { exec } }));
  expect(users).toMatchObject([
    {
      user: {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1beta1',
          command: 'aws',
          args: ['eks', 'get-token'],
          env: [{ name: 'AWS_PROFILE', value: 'shop' }],
        },
      },
    },
  ]);
});
