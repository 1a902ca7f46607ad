import { createHash, createHmac } from 'node:crypto';
import { clusterToken } from './cluster-token.ts';

const now = new Date('2026-11-20T08:00:00.000Z');
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG', sessionToken: 'to+ken/=*' };
const urlOf = (token: string) => new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
const make = (region = 'eu-central-1') => clusterToken({ region, clusterName: 'web' }, credentials, now);

test('the token is a presigned GetCallerIdentity, base64url without padding', async () => {
  const token = await make();
  expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
  expect(token.length).toBeLessThan(4096);
  const url = urlOf(token);
  expect(url.origin + url.pathname).toBe('https://sts.eu-central-1.amazonaws.com/');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIDEXAMPLE/20261120/eu-central-1/sts/aws4_request',
    'X-Amz-Date': '20261120T080000Z',
    'X-Amz-Expires': '60',
    'X-Amz-Security-Token': 'to+ken/=*',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
  });
  expect(new Set(url.searchParams.keys()).size).toBe([...url.searchParams].length);
});

test('the signature is that of AWS Signature Version 4 over the URL and the name of the cluster', async () => {
  const url = urlOf(await make());
  const signature = url.searchParams.get('X-Amz-Signature');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const query = url.search
    .slice(1)
    .split('&')
    .filter((parameter) => !parameter.startsWith('X-Amz-Signature='))
    .sort()
    .join('&');
  const headers = `host:${url.host}\nx-k8s-aws-id:web\n`;
  const canonical = ['GET', '/', query, headers, 'host;x-k8s-aws-id', sha256('')].join('\n');
  const scope = '20261120/eu-central-1/sts/aws4_request';
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const text = ['AWS4-HMAC-SHA256', '20261120T080000Z', scope, sha256(canonical)].join('\n');
  expect(signature).toBe(hmac(key, text).toString('hex'));
});

test('partitions have hosts of their own', async () => {
  expect(urlOf(await make('cn-north-1')).host).toBe('sts.cn-north-1.amazonaws.com.cn');
  expect(urlOf(await make('eusc-de-east-1')).host).toBe('sts.eusc-de-east-1.amazonaws.eu');
});

test('another cluster has another token', async () => {
  const other = await clusterToken({ region: 'eu-central-1', clusterName: 'shop' }, credentials, now);
  expect(other).not.toBe(await make());
});
