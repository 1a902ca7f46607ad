import { runUnits, told } from '../../../test/material/scan/run-units.ts';
import type { Said } from '../../../test/material/scan/scripted-reader.ts';

const path = '/api/v1/namespaces/kube-system/configmaps/kube-proxy-config';
const notFound = JSON.stringify({ message: 'configmaps "kube-proxy-config" not found' });
const run = (said: Said) => runUnits([{ type: 'kube-proxy-config' }], { [path]: said, '/version': '{}' });

test.each<[string, Said, RegExp]>([
  ['it', { data: { config: 'mode: iptables' } }, /^read configuration of kube-proxy 1$/],
  ['that there is none', { status: 404, text: notFound }, /^read .* There is none/],
  ['a 404 from on the way', { status: 404, text: '404 page not found' }, /^error/],
  ['403', { status: 403 }, /^denied/],
  ['HTML', '<html></html>', /^error/],
])('%s', async (_name, said, expected) => {
  expect(told((await run(said)).state)).toEqual([expect.stringMatching(expected)]);
});

test('the mode is told', async () => {
  const { state } = await run({ metadata: { name: 'kube-proxy-config' }, data: { config: 'mode: "ipvs"\n' } });
  expect(state.observations).toMatchObject([{ rule: 'kube-proxy-ipvs', source: 'node', cause: 'addon:kube-proxy' }]);
});
