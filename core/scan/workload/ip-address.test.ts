import { rulesHit } from '../../../test/material/scan/rules-hit.ts';
import { isCidrCanonical, isIpAddressCanonical } from './detectors.ts';

test.each<[unknown, boolean]>([
  ['10.0.0.1', true],
  ['10.0.0.0', true],
  ['010.0.0.1', false],
  ['10.00.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['::FFFF:a00:1', false],
  ['0:0:0:0:0:ffff:10.0.0.1', false],
  ['::1', true],
  ['2001:db8::ffff:1', true],
  ['2001:DB8::1', true],
  ['64:ff9b::10.0.0.1', true],
  ['None', true],
  ['api.example.com', true],
  ['1.2.3', true],
  ['', true],
  [undefined, true],
  [10, true],
])('the address %s', (text, expected) => {
  expect(isIpAddressCanonical(text)).toBe(expected);
});

test.each<[unknown, boolean]>([
  ['10.0.0.0/8', true],
  ['10.0.0.1/8', false],
  ['10.0.0.1/32', true],
  ['0.0.0.0/0', true],
  ['1.0.0.0/0', false],
  ['010.0.0.0/8', false],
  ['10.0.0.0/08', false],
  ['255.255.255.254/31', true],
  ['2001:db8::/32', true],
  ['2001:db8::1/32', false],
  ['::/0', true],
  ['fd00::1/128', true],
  ['::ffff:10.0.0.0/104', false],
  ['10.0.0.0', true],
  ['300.0.0.1/8', true],
  ['a/b/c', true],
])('the block %s', (text, expected) => {
  expect(isCidrCanonical(text)).toBe(expected);
});

test.each<[string, string, object, number]>([
  ['v1', 'Service', { externalIPs: ['10.0.0.01'] }, 2],
  ['v1', 'Service', { clusterIP: 'None' }, 0],
  ['v1', 'Service', { loadBalancerSourceRanges: ['10.0.0.1/8'] }, 1],
  [
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.1/16'] } }] }] },
    1,
  ],
  ['v1', 'Pod', { hostAliases: [{ ip: '127.0.0.01' }] }, 1],
  ['serving.knative.dev/v1', 'Service', { clusterIP: '010.0.0.1' }, 0],
])('%s %s %j', (apiVersion, kind, spec, count) => {
  expect(rulesHit(apiVersion, kind, { spec })).toHaveLength(count);
});
