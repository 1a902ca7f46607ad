import { clusterReport, runReportOf } from '../../test/material/report/example-report.ts';
import { type Asked, nextThings } from './run-report.ts';

const failed = clusterReport({ bucket: 'failed', status: 'Failed' });
const retry = 'web: once what blocks it is mended, liftlock retry cluster web';
const keep = 'try such commands here: npm start -- --serve keeps the fleet running for bin/liftlock';
const own = 'rehearse your own fleet: npm start -- --fleet my-fleet/ (README, Rehearse your own fleet)';

test.each<[string, readonly (typeof failed)[], Asked, string[]]>([
  ['to see what is left as a page', [failed], {}, [retry, keep, 'see it as a page: npm start -- --html report.html']],
  [
    'likewise, of the fleet that was run',
    [failed],
    { ownFleet: 'my fleet' },
    [
      retry,
      keep.replace('--serve', "--fleet 'my fleet' --serve"),
      "see it as a page: npm start -- --fleet 'my fleet' --html report.html",
    ],
  ],
  ['nothing more where that is the page and it goes on', [failed], { html: 'report.html', serve: true }, [retry]],
  ['to rehearse, of the example', [clusterReport()], {}, [own]],
  ['nothing where all is well with their own', [clusterReport()], { ownFleet: 'my-fleet' }, []],
])('a report tells people what to do next: %s', (_, clusters, asked, told) => {
  const totals = { upgraded: clusters.includes(failed) ? 0 : 1, failed: 1, held: 0, excluded: 0 };
  expect(nextThings(runReportOf({ clusters, totals }), asked)).toEqual(told);
});

const nextOf = (clusters: readonly (typeof failed)[], more: Parameters<typeof runReportOf>[0] = {}) =>
  nextThings(runReportOf({ clusters, totals: { upgraded: 0, failed: 2, held: 0, excluded: 0 }, ...more }), {
    html: 'report.html',
    serve: true,
  });

test('a cluster that is set aside is refused a retry, so nobody is told to try one', () => {
  const aside = clusterReport({ bucket: 'held', status: 'Quarantined' });
  expect(nextOf([aside])).toEqual(['web: what lets it go on says: liftlock explain cluster web']);
});

test('clusters of one name are told apart, in commands too', () => {
  const id = '222222222222.eu-central-1.web';
  expect(nextOf([failed, { ...failed, account: '222222222222' }])).toEqual([
    expect.stringContaining('111111111111.eu-central-1.web: '),
    `${id}: once what blocks it is mended, liftlock retry cluster ${id}`,
  ]);
});

test('a rollout that is halted goes on when somebody resumes it', () => {
  const resume = 'liftlock rollout resume r --accept-failures';
  const rollouts = [{ id: 'r', policy: 'p', target: '1.37', status: 'Halted', resume, waves: [] }];
  const told = [retry, `rollout r is halted: once somebody has looked at why, ${resume}`];
  expect(nextOf([failed], { rollouts })).toEqual(told);
});
