import { chooseRevisions } from './stored-release.ts';

/** `3 deployed, 4 failed` → revisions of one release. */
const chosen = (text: string) =>
  chooseRevisions(
    text.split(', ').map((word) => {
      const [revision = '', status = ''] = word.split(' ');
      return { object: `o${revision}`, namespace: 'a', release: 'b', revision: Number(revision), status };
    }),
  ).map(({ revision, newest }) => [revision, newest === undefined ? '' : `${newest.revision} ${newest.status}`]);

test.each([
  ['1 superseded, 2 deployed', [[2, '']]],
  ['9 superseded, 10 deployed', [[10, '']]],
  ['1 deployed, 2 deployed', [[2, '']]],
  ['1 deployed, 2 superseded, 3 deployed, 4 failed', [[3, '4 failed']]],
  ['1 deployed, 2 pending-upgrade', [[1, '2 pending-upgrade']]],
  ['1 deployed, 2 pending-rollback', [[1, '2 pending-rollback']]],
  ['1 deployed, 2 uninstalling', [[1, '2 uninstalling']]],
  ['1 failed', [[1, '']]],
  ['1 superseded, 2 failed', [[2, '']]],
  ['1 superseded, 2 superseded', [[2, '']]],
  ['1 pending-install', []],
  ['1 superseded, 2 uninstalled', []],
  ['1 unknown', []],
])('of %s Helm compares the next upgrade with %j', (text, expected) => {
  expect(chosen(text)).toEqual(expected);
});

test('releases of the same name in two namespaces are two', () => {
  const head = { object: 'o', release: 'b', revision: 1, status: 'deployed' };
  expect(
    chooseRevisions([
      { ...head, namespace: 'a' },
      { ...head, namespace: 'c' },
    ]),
  ).toHaveLength(2);
});
