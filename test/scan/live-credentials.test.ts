import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { createCertificates } from '../../simulator/kubernetes/server/certificates.ts';
import type { KubeconfigOptions } from '../../simulator/kubernetes/server/kubeconfig.ts';
import { runInProcess } from '../material/cli/run-in-process.ts';
import { principal } from '../material/kubernetes/server-under-test.ts';
import { gapsOf, type LiveCluster, startLiveCluster } from './live-cluster.ts';

let live: LiveCluster;
afterEach(() => live.close());

/** A program that gives another token each time, as `aws eks get-token` does, and counts how often it was asked. */
async function writePlugin(folder: string): Promise<{ command: string; args: string[]; calls: () => Promise<number> }> {
  const [program, count] = [join(folder, 'plugin.mjs'), join(folder, 'calls')];
  await writeFile(
    program,
    `import { appendFileSync, readFileSync } from 'node:fs';
appendFileSync(${JSON.stringify(count)}, 'x');
const token = 'token-' + readFileSync(${JSON.stringify(count)}, 'utf8').length;
console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1beta1', status: { token } }));
`,
  );
  const calls = async () => (await readFile(count, 'utf8')).length;
  return { command: process.execPath, args: [program], calls };
}

test('a program gives a new token where the last one has expired', async () => {
  live = await startLiveCluster('1.35', async (token) => (token?.startsWith('token-') ? { principal } : undefined));
  const { calls, ...exec } = await writePlugin(live.folder);
  await live.writeKubeconfig({ user: { exec } });
  live.fail({ kind: 'expiring-token', requests: 20 });
  const { code, report } = await live.scan();
  expect([code, gapsOf(report)]).toEqual([0, []]);
  expect(await calls()).toBe(Math.ceil((live.requests.length - (await calls()) + 1) / 20));
});

test('a client certificate is shown to the server', async () => {
  live = await startLiveCluster();
  const { certificate, key, certificateAuthority } = await createCertificates();
  const shown = new Set<string | undefined>();
  const server = createServer(
    { cert: certificate, key, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      shown.add((request.socket as TLSSocket).getPeerX509Certificate()?.subject);
      response.writeHead(403).end('{}');
    },
  ).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const path = await live.writeKubeconfig({
      server: `https://127.0.0.1:${port}`,
      certificateAuthority: Buffer.from(certificateAuthority).toString('base64'),
    });
    const [cert, text] = [Buffer.from(certificate).toString('base64'), await readFile(path, 'utf8')];
    const config = JSON.parse(text);
    config.users[0].user = { 'client-certificate-data': cert, 'client-key-data': Buffer.from(key).toString('base64') };
    await writeFile(path, JSON.stringify(config));
    const { code, report } = await live.scan();
    expect([code, report.verdict]).toEqual([4, 'incomplete']);
    expect([...shown]).toEqual(['CN=kube-apiserver']);
  } finally {
    server.close();
  }
});

test('a program that fails is a gap, without what it had printed', async () => {
  live = await startLiveCluster();
  const args = ['-e', "console.log('hunter2'); process.exit(3)"];
  await live.writeKubeconfig({ user: { exec: { command: process.execPath, args } } });
  const { code, out, report } = await live.scan();
  expect([code, report.verdict]).toEqual([4, 'incomplete']);
  expect(out).not.toContain('hunter2');
  expect(live.requests).toEqual([]);
});

test('a token that nobody knows', async () => {
  live = await startLiveCluster();
  await live.writeKubeconfig({ user: { token: 'bad' } });
  const { code, report } = await live.scan();
  expect([code, report.verdict, report.from]).toEqual([4, 'incomplete', null]);
  expect(live.requests.length).toBeLessThan(5);
});

test('a server of another authority gets no credentials', async () => {
  live = await startLiveCluster();
  const { certificateAuthority } = await createCertificates();
  await live.writeKubeconfig({ certificateAuthority: Buffer.from(certificateAuthority).toString('base64') });
  const { code, report } = await live.scan();
  expect([code, report.verdict, live.requests]).toEqual([4, 'incomplete', []]);
  expect(report.coverage[0]?.detail).toMatch(/signature|certificate/);
}, 30_000);

test('nobody listens', async () => {
  live = await startLiveCluster();
  await live.writeKubeconfig({ server: 'https://127.0.0.1:1' });
  const { code, report } = await live.scan();
  expect([code, report.verdict]).toEqual([4, 'incomplete']);
  expect(gapsOf(report)).toContain('error version of the API server');
}, 30_000);

test.each<[string, Partial<KubeconfigOptions>, string]>([
  ['that does not answer', { server: 'https://127.0.0.1:1' }, 'The API server could not be reached'],
  ['that takes no such token', { user: { token: 'bad' } }, 'Unauthorized'],
  ['for which a program gives no token', { user: { exec: { command: 'no-such-program', args: [] } } }, 'ENOENT'],
])(
  'the next minor of a cluster %s is not known, and why is said',
  async (_name, changes, why) => {
    live = await startLiveCluster();
    const path = await live.writeKubeconfig(changes);
    const { code, out, err } = await runInProcess(['scan', '--kubeconfig', path], { sleep: async () => {} });
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain('the cluster did not say which minor it runs');
    expect(err).toContain(why);
  },
  30_000,
);

test.each([
  ['a context that there is not', ['--context', 'other'], {}, /no context other. It has: shop/],
  ['a server without TLS elsewhere', [], { server: 'http://192.0.2.1' }, /not https/],
  ['a server that is none', [], { server: 'not a url' }, /./],
  ['an authority that is none', [], { certificateAuthority: 'bm9uZQ==' }, /./],
])('%s is said, without a report', async (_name, options, changes, said) => {
  live = await startLiveCluster();
  await live.writeKubeconfig(changes);
  const { code, out, err } = await live.scan(options);
  expect([out, err]).toEqual(['', expect.stringMatching(said)]);
  expect([code, err]).toEqual([2, expect.not.stringContaining('    at ')]);
});

test('a kubeconfig that is not there', async () => {
  live = await startLiveCluster();
  const { code, err } = await live.scan(['--kubeconfig', join(live.folder, 'missing')]);
  expect([code, err]).toEqual([2, expect.stringContaining('There is no kubeconfig')]);
});
