import { waveSchema } from '../config/schema/wave.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { nodesMayWait } from './hop-policy.ts';

const groups = (...versions: readonly (string | undefined)[]) =>
  versions.map((version, number) => ({ name: `g${number}`, version }));
const policy = (rollNodes: 'always' | 'whenSkewRequires' = 'whenSkewRequires', moreHops = true) => ({
  wave: waveSchema.parse({ name: 'all', ...(rollNodes === 'always' ? {} : { rollNodes }) }),
  place: undefined,
  read: undefined,
  moreHops,
});

test.each<[string, ReturnType<typeof policy>, ReturnType<typeof groups>, boolean]>([
  ['stay where the next hop allows it', policy(), groups('1.36', '1.35'), true],
  ['stay where there are none', policy(), [], true],
  ['are rolled where one is too old for the next hop', policy(), groups('1.36', '1.34'), false],
  ['are rolled where the policy wants it', policy('always'), groups('1.36'), false],
  ['are rolled at the last hop', policy('whenSkewRequires', false), groups('1.36'), false],
  ['are rolled where one version is not known', policy(), groups('1.36', undefined), false],
  ['are rolled where one version cannot be read', policy(), groups('1.36', 'odd'), false],
])('nodes %s', (_, given, nodes, may) => {
  expect(nodesMayWait(given, KubeVersion.parse('1.37'), nodes)).toBe(may);
});

test('nodes of a cluster that no wave takes are rolled', () => {
  expect(nodesMayWait({ ...policy(), wave: undefined }, KubeVersion.parse('1.37'), groups('1.36'))).toBe(false);
});
