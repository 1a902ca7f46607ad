import { privateHostReason } from './private-host.ts';

test.each([
  'localhost',
  'LOCALHOST.',
  'a.localhost',
  'intranet',
  'web.internal',
  'ip-10-0-0-1.ec2.internal',
  'web.default.svc',
  'printer.local',
  '0.0.0.0',
  '10.255.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.19.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '[::1]',
  '::ffff:7f00:1',
  '64:ff9b::a00:1',
  'fc00::1',
  'fdff::1',
  'fe80::1',
  'febf::1',
  'fd00:ec2::254',
  'ff02::1',
  '2001:db8::1',
  '2001::1',
  '2002:a00:1::',
])('%s is not public', (host) => {
  expect(privateHostReason(host)).toEqual(expect.any(String));
});

test.each([
  'example.com',
  'example.com.',
  'localhost.example.com',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.0.1',
  '172.32.0.1',
  '192.167.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2001:4860:4860::8888',
])('%s is public', (host) => {
  expect(privateHostReason(host)).toBeUndefined();
});
