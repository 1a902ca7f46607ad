import { covered } from '../../../test/material/scan/findings.ts';
import { mayBeUnread } from './coverage.ts';

const read = (...sources: Parameters<typeof covered>[0][]) => sources.map((one) => covered(one));
const denied = { status: 'denied' } as const;

test.each([
  ['an error of EC2', ['capacity'], { source: 'insight', ...denied } as const, false],
  ['an error of EC2', ['capacity'], { source: 'object', ...denied } as const, false],
  ['an error of EC2', ['capacity'], { source: 'capacity', ...denied } as const, true],
  ['a workload', ['workload'], { source: 'capacity', ...denied } as const, false],
  ['a workload', ['workload'], { source: 'object', ...denied } as const, true],
  ['a workload', ['workload'], { source: 'server', ...denied } as const, true],
  ['a drain that was judged', ['drain'], { source: 'object', ...denied } as const, false],
  ['a drain with a workload', ['drain', 'workload'], { source: 'object', ...denied } as const, true],
  ['a workload', ['workload'], { source: null, ...denied } as const, true],
  ['a workload', ['workload'], { source: 'object', status: 'skipped' } as const, false],
  ['something of a look of an older release', undefined, { source: 'capacity', ...denied } as const, true],
])('%s may be there unread or not: %j beside %j', (_, sources, gap, isUnread) => {
  expect(mayBeUnread({ coverage: read({ source: 'drain' }, { source: 'eks' }, gap) }, sources)).toBe(isUnread);
});

test('where nothing was read, and where the drains were not judged, all may be there still', () => {
  expect(mayBeUnread({ coverage: read({ source: 'eks', ...denied }) }, ['workload'])).toBe(true);
  expect(mayBeUnread({ coverage: read({ source: 'eks' }, { source: 'object', ...denied }) }, ['drain'])).toBe(true);
  expect(mayBeUnread({ coverage: read({ source: 'eks' }) }, undefined)).toBe(false);
});
