import type { ControllerRow } from '../../core/scan/data/controllers.ts';
import { tables } from '../../core/scan/data/tables.ts';
import { checkControllers } from './check-controllers.ts';

const row: ControllerRow = {
  component: 'cert-manager',
  images: ['jetstack/cert-manager-controller'],
  releases: [
    { release: '1.9', min: '1.20', max: '1.24' },
    { release: '1.10', min: '1.20', max: '1.26' },
  ],
  basis: 'tested',
  source: 'go-types',
  retired: null,
};

test.each<[string, Partial<ControllerRow>, string[]]>([
  ['in order, 1.10 after 1.9', {}, []],
  ['out of order', { releases: [...row.releases].reverse() }, ['1.9 comes after 1.10']],
  [
    'whose range is backwards',
    { releases: [{ release: '1.9', min: '1.24', max: '1.20' }] },
    ['1.9 supports 1.24 to 1.20, which is backwards'],
  ],
  [
    'tested without an end',
    { releases: [{ release: '1.9', min: '1.20', max: null }] },
    ['1.9 is called tested, and names no newest minor'],
  ],
  ['retired before its last release', { retired: '1.9' }, ['has a release after 1.9, its last one']],
])('releases %s', (_what, change, messages) => {
  const controllers = [{ ...row, ...change }];
  expect(checkControllers({ ...tables, controllers }).map(({ message }) => message)).toEqual(messages);
});
