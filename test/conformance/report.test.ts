import { type Row, reportLines } from './report.ts';

const rows: readonly Row[] = [
  { group: 'one', name: 'a', verdict: { kind: 'passed' } },
  {
    group: 'one',
    name: 'b',
    verdict: { kind: 'failed', differences: [{ part: 'output', expected: 1, actual: undefined }] },
  },
  { group: 'two', name: 'c', verdict: { kind: 'refused', reason: 'Distributed Map' } },
];

describe('the conformance report', () => {
  it('counts by group and ends with the total', () => {
    expect(reportLines(rows, false)).toEqual([
      'one: 1 passed, 1 failed, 0 refused',
      'two: 0 passed, 0 failed, 1 refused',
      'refused for Distributed Map: 1',
      '1 passed, 1 failed',
    ]);
  });

  it('shows what differs when asked', () => {
    expect(reportLines(rows, true).slice(3, 7)).toEqual([
      '  b',
      '    output',
      '      recorded 1',
      '      here     nothing',
    ]);
  });
});
