import { MemoryTable } from '../../../adapters/memory/table.ts';
import { clusterRecord } from '../../../test/material/policy/cluster-record.ts';
import { covered, judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { hopBlockers } from '../../rollout/hop-blockers.ts';
import { ReconcileMarkers } from '../../store/entities.ts';
import { load, put, replace } from '../../store/entity.ts';
import { LatestScanItems } from '../../store/scan-entities.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { fitReport, loadReport, saveReport, scansOf } from './report-store.ts';

const run = { clusterKey: 'k', execution: 'arn:x' };
const NOW = new Date('2026-11-20T08:00:00Z');
const at = (day: number) => new Date(`2026-11-${String(day).padStart(2, '0')}T08:00:00Z`);

/** Text that gzip hardly shrinks. */
function noise(seed: number, length: number): string {
  let [state, text] = [seed * 7_919 + 1, ''];
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    text += state.toString(36);
  }
  return text;
}

test('a report saved twice is there once, and comes back as it was', async () => {
  const table = new MemoryTable();
  const report = reportOf({ from: '1.35' });
  const summary = await saveReport(table, run, report, NOW);
  expect(await saveReport(table, run, report, NOW)).toEqual(summary);
  expect(await scansOf(table, 'k')).toEqual([summary]);
  expect(await loadReport(table, summary)).toEqual(report);
});

test('lists know until when the last scan rests on which waivers', async () => {
  const table = new MemoryTable();
  const report = reportOf({ from: '1.35' });
  const until = '2026-12-01T00:00:00.000Z';
  await saveReport(table, run, { ...report, waivers: { ...report.waivers, until, by: ['legacy'] } }, NOW);
  const { scans } = (await load(table, LatestScanItems, 'k'))?.data ?? {};
  expect(scans).toMatchObject([{ waivedUntil: until, waivedBy: ['legacy'] }]);
});

test('lists know since when looks one after the other could not read everything', async () => {
  const table = new MemoryTable();
  const look = async (day: number, gaps: number, from = '1.35') => {
    const report = reportOf({ from });
    const scannedAt = at(day).toISOString();
    await saveReport(table, run, { ...report, scannedAt, summary: { ...report.summary, gaps } }, at(day));
    return (await load(table, LatestScanItems, 'k'))?.data.scans[0]?.gapsSince;
  };
  const day = (number: number) => at(number).toISOString();
  expect([await look(1, 0), await look(2, 1), await look(3, 2), await look(3, 2)]).toEqual([
    undefined,
    day(2),
    day(2),
    day(2),
  ]);
  expect([await look(4, 0), await look(5, 1), await look(6, 1, '1.34')]).toEqual([undefined, day(5), day(6)]);
});

test('lists name the first of what could not be read, and the hop says it', async () => {
  const table = new MemoryTable();
  const coverage = ['a', 'b', 'c', 'd', 'e', 'iam:GetRole'].map((what) => {
    return { what, source: 'capacity', status: 'denied', count: 0, detail: 'no' } as const;
  });
  const report = reportOf({ from: '1.35' });
  const unread = { ...report, verdict: 'incomplete', coverage, summary: { ...report.summary, gaps: 6 } } as const;
  await saveReport(table, run, unread, NOW);
  const scans = (await load(table, LatestScanItems, 'k'))?.data;
  expect(scans?.scans[0]?.notRead).toEqual(['a', 'b', 'c', 'd', 'e']);
  const [told] = hopBlockers(
    clusterRecord({ name: 'web', version: '1.35' }),
    scans,
    KubeVersion.parse(report.target),
    true,
  );
  expect(told?.message).toContain(' could not read 6 things: a; b; c; d; e and 1 more. Run: liftlock scan cluster web');
  await saveReport(table, run, report, at(21));
  expect((await load(table, LatestScanItems, 'k'))?.data.scans[0]).not.toHaveProperty('notRead');
});

test('a repair is kept whole where its command names a cluster and a group of a hundred letters each', async () => {
  const name = 'n'.repeat(100);
  const command = `aws eks update-nodegroup-version --region ap-southeast-2 --cluster-name ${name} --nodegroup-name ${name}`;
  const fix = `Make a version of the launch template with an AMI that is there, and give it to the group: ${command} --launch-template id=…`;
  const { causes } = await saveReport(new MemoryTable(), run, reportOf({ findings: [judged({ fix })] }), NOW);
  expect(causes[0]?.fixes).toEqual([fix]);
});

test('who has a part in a cause is named one by one as well', async () => {
  const table = new MemoryTable();
  const of = (owner: string, name: string) => judged({ owner, name, cause: 'manager:kubectl' });
  const findings = [of('payments', 'a'), of('search', 'b'), of('payments', 'c')];
  const { causes } = await saveReport(table, run, reportOf({ from: '1.35', findings }), NOW);
  expect(causes).toMatchObject([{ owner: 'payments, search', owners: ['payments', 'search'] }]);
  const alone = await saveReport(table, run, reportOf({ from: '1.35', findings: [of('payments', 'a')] }), NOW);
  expect(alone.causes[0]).not.toHaveProperty('owners');
});

test('what stops a hop is kept under the name that the gate tells it by', async () => {
  const findings = [
    judged({ rule: 'DrainStuck', source: 'drain', severity: 'error', cause: 'drain:a' }),
    judged({ cause: 'b' }),
  ];
  const { causes } = await saveReport(new MemoryTable(), run, reportOf({ from: '1.35', findings }), NOW);
  expect(causes.map(({ cause, code }) => [cause, code]).sort()).toEqual([
    ['b', 'ScanFinding'],
    ['drain:a', 'DrainStuck'],
  ]);
});

test('the last scan of each target is kept for lists, five targets at most', async () => {
  const table = new MemoryTable();
  for (let day = 1; day <= 8; day += 1) {
    const target = `1.${36 + (day % 7)}`;
    await saveReport(table, run, reportOf({ from: '1.35', target, scannedAt: at(day) }), at(day));
  }
  const latest = async () => (await load(table, LatestScanItems, 'k'))?.data.scans ?? [];
  expect((await latest()).map(({ target }) => target)).toEqual(['1.37', '1.36', '1.42', '1.41', '1.40']);
  await saveReport(table, run, reportOf({ from: '1.35', target: '1.37', scannedAt: at(1) }), at(1));
  expect((await latest())[0]).toMatchObject({ scannedAt: at(8).toISOString() });
});

test('causes are known since the first of the looks that all found them, those that lists have no room for as well', async () => {
  const table = new MemoryTable();
  const since = async (day: number, ...causes: string[]) => {
    const findings = causes.map((cause) => judged({ cause, name: cause }));
    const report = reportOf({ from: '1.35', findings, scannedAt: at(day) });
    const kept = await saveReport(table, run, report, new Date(at(day).getTime() + 60_000));
    const [first] = kept.causes;
    return [first?.since, kept.moreErrorsSince].map((one) => one?.slice(8, 16));
  };
  expect(await since(1, 'a')).toEqual(['01T08:01', undefined]);
  expect(await since(2, 'a', 'b')).toEqual(['01T08:01', undefined]);
  expect(await since(3, 'b')).toEqual(['02T08:01', undefined]);
  expect(await since(4, 'a')).toEqual(['04T08:01', undefined]);
  const many = (last: string) => [...Array.from({ length: 24 }, (_, index) => `a-${index}`), last];
  expect(await since(5, ...many('z-1'))).toEqual(['05T08:01', '05T08:01']);
  expect(await since(6, ...many('z-1'))).toEqual(['05T08:01', '05T08:01']);
  expect(await since(7, ...many('z-2'))).toEqual(['05T08:01', '07T08:01']);
  // One that is gone makes none of the others new: neither those that lists have no room for, nor the one that takes its place there.
  const fewer = many('z-2').filter((one) => one !== 'a-3');
  expect(await since(8, ...fewer)).toEqual(['05T08:01', '07T08:01']);
  const { causes = [] } = (await load(table, LatestScanItems, 'k'))?.data.scans[0] ?? {};
  expect(new Set(causes.map((one) => one.since?.slice(8, 10)))).toEqual(new Set(['05', '07']));
});

test('a cause that a look could not see stays known since then, and what is waived or was seen to be gone does not', async () => {
  const table = new MemoryTable();
  const since = async (day: number, causes: readonly string[], parts: Parameters<typeof reportOf>[0] = {}) => {
    const findings = causes.map((cause) => judged({ cause, name: cause }));
    const report = reportOf({ from: '1.35', findings, scannedAt: at(day), ...parts });
    const kept = await saveReport(table, run, report, at(day));
    return kept.causes.map((one) => `${one.cause} ${one.since?.slice(8, 10)}`);
  };
  const blind = { coverage: [{ ...covered(), status: 'error' as const }] };
  const unseen = async () =>
    (await load(table, LatestScanItems, 'k'))?.data.scans[0]?.unseen?.map(({ cause }) => cause);
  await since(1, ['a', 'b', 'c']);
  const end = at(20);
  const document = { metadata: { name: 'w' }, spec: { owner: 'o', expires: '2026-11-20', match: { name: 'c' } } };
  const waivers = [{ document: document as never, end }];
  expect(await since(2, ['a', 'c'], { ...blind, waivers })).toEqual(['a 01']);
  expect(await unseen()).toEqual(['b']);
  await since(3, [], blind);
  expect(await since(4, ['a', 'b', 'c'])).toEqual(['a 01', 'b 01', 'c 04']);
  expect(await unseen()).toBeUndefined();
  await since(5, ['a']);
  expect(await since(6, ['b'])).toEqual(['b 06']);
  await since(7, [], { ...blind, from: '1.34' });
  expect(await unseen()).toBeUndefined();
});

test('what a waiver covers is covered also where a look could not see it, until that waiver ends', async () => {
  const table = new MemoryTable();
  const group = judged({ source: 'eks', rule: 'al2-ami', severity: 'error', cause: 'nodegroup:old', name: 'old' });
  const document = { metadata: { name: 'w' }, spec: { owner: 'o', expires: '2026-12-01', match: { name: 'old' } } };
  const end = new Date('2026-12-01T00:00:00Z');
  const kept = async (day: number, parts: Parameters<typeof reportOf>[0]) => {
    await saveReport(table, run, reportOf({ from: '1.35', scannedAt: at(day), ...parts }), at(day));
    const scan = (await load(table, LatestScanItems, 'k'))?.data.scans[0];
    return [scan?.waivedErrors?.map(({ cause }) => cause), scan?.waivedUntil, scan?.waivedBy];
  };
  const covers = [['nodegroup:old'], end.toISOString(), ['w']];
  const blind = { coverage: [{ ...covered(), status: 'denied' as const }] };
  const waived = { findings: [group], waivers: [{ document: document as never, end }] };
  const nothing = [undefined, undefined, undefined];
  expect(await kept(1, waived)).toEqual(covers);
  expect(await kept(2, blind)).toEqual(covers);
  expect(await kept(3, { ...blind, findings: [group] })).toEqual(nothing);
  await kept(4, waived);
  expect(await kept(5, {})).toEqual(nothing);
  await kept(6, waived);
  // Else each look at what cannot be read would ask for another one at once.
  expect(await kept(7, { ...blind, scannedAt: end })).toEqual(nothing);
});

test('a report that finds another cause to block has the reconciler look at everything, and what blocks no more too; one that finds the same has not', async () => {
  const table = new MemoryTable();
  const marker = async () => await load(table, ReconcileMarkers);
  const looked = async () => {
    const read = await marker();
    const writes = [read === undefined ? put(ReconcileMarkers, {}, 'absent') : replace(ReconcileMarkers, read, {})];
    await table.transact(writes);
  };
  /** Whether a scan of that day with these findings makes the reconciler look. */
  const asksToLook = async (day: number, ...findings: JudgedFinding[]) => {
    await looked();
    await saveReport(table, run, reportOf({ from: '1.35', findings, scannedAt: at(day) }), at(day));
    return (await marker())?.data.dirtySince !== undefined;
  };
  const warns = judged({ severity: 'warning', cause: 'file:deploy/other.yaml' });
  expect(await asksToLook(1, warns)).toBe(false);
  expect(await asksToLook(2, judged())).toBe(true);
  expect(await asksToLook(3, judged(), warns)).toBe(false);
  expect(await asksToLook(4, judged({ cause: 'file:deploy/another.yaml' }))).toBe(true);
  expect(await asksToLook(5)).toBe(true);
  const many = (last: string) =>
    [...Array.from({ length: 24 }, (_, index) => `a-${index}`), last].map((cause) => judged({ cause, name: cause }));
  expect(await asksToLook(6, ...many('z-1'))).toBe(true);
  expect(await asksToLook(7, ...many('z-1'), warns)).toBe(false);
  expect(await asksToLook(8, ...many('z-2'))).toBe(true);
});

test('a report that is too large loses what matters least, and says so; what it counted stays', async () => {
  const findings = Array.from({ length: 2_000 }, (_, index) =>
    judged({
      name: `object-${index}`,
      severity: index < 100 ? 'error' : 'warning',
      evidence: [noise(index, 2_500)],
      cause: `cause-${index}`,
    }),
  );
  const whole = reportOf({ from: '1.35', findings });
  const { report, text } = fitReport(whole);
  expect(text).toBe(JSON.stringify(report));
  expect(report.findings.length).toBeLessThan(1_200);
  expect(report.findings.filter(({ severity }) => severity === 'error')).toHaveLength(100);
  expect(report.groups).toHaveLength(report.findings.length);
  expect([report.summary, report.verdict]).toEqual([whole.summary, whole.verdict]);
  expect(report.coverage.at(-1)).toMatchObject({ status: 'skipped', what: 'findings of this report' });
  const table = new MemoryTable();
  expect(await loadReport(table, await saveReport(table, run, whole, NOW))).toEqual(report);
});

const DEPRECATED = { failOn: 'deprecated' } as const;
const NONE = { failOn: 'none' } as const;

describe('what a newer look has found of drains', () => {
  const stuck = judged({ source: 'drain', reason: 'preflight', rule: 'DrainStuck', cause: 'drain:shop/web' });
  const look = (
    day: number,
    target: string,
    findings: readonly JudgedFinding[],
    more: Parameters<typeof reportOf>[0] = {},
  ) =>
    reportOf({
      ...{ from: '1.35', target, scannedAt: at(day), findings: [...findings] },
      coverage: [covered({ what: 'drains of the nodes', source: 'drain' })],
      ...more,
    });
  async function kept(...looks: readonly ReturnType<typeof look>[]) {
    const table = new MemoryTable();
    for (const one of looks) await saveReport(table, run, one, NOW);
    const { scans = [] } = (await load(table, LatestScanItems, 'k'))?.data ?? {};
    return scans.map(({ target, verdict, errors, causes }) => [
      target,
      verdict,
      errors,
      causes.map(({ cause }) => cause),
    ]);
  }

  test('counts for the looks at other hops, in both directions, and beside what else these have found', async () => {
    expect(await kept(look(1, '1.37', [stuck]), look(2, '1.36', []))).toEqual([
      ['1.36', 'pass', 0, []],
      ['1.37', 'pass', 0, []],
    ]);
    expect(await kept(look(1, '1.36', [judged()]), look(2, '1.37', [stuck]))).toEqual([
      ['1.37', 'fail', 1, ['drain:shop/web']],
      ['1.36', 'fail', 2, ['file:deploy/budget.yaml', 'drain:shop/web']],
    ]);
    expect((await kept(look(1, '1.37', [stuck, judged()]), look(2, '1.36', [])))[1]).toEqual([
      '1.37',
      'fail',
      1,
      ['file:deploy/budget.yaml'],
    ]);
  });

  const api = judged({ severity: 'warning', cause: 'api:x' });
  test.each<[string, ReturnType<typeof look>, ReturnType<typeof look>, string]>([
    ['deprecated APIs fail as before', look(1, '1.37', [api], DEPRECATED), look(2, '1.36', [], DEPRECATED), 'fail'],
    [
      'also where drains are mended',
      look(1, '1.37', [stuck, api], DEPRECATED),
      look(2, '1.36', [], DEPRECATED),
      'fail',
    ],
    ['and pass where they may', look(1, '1.37', [stuck, api]), look(2, '1.36', []), 'pass'],
    [
      'APIs that may be removed do not stop it',
      look(1, '1.37', [stuck, judged()], NONE),
      look(2, '1.36', [], NONE),
      'pass',
    ],
    [
      'what EKS says stops it',
      look(1, '1.37', [stuck, judged({ source: 'eks' })], NONE),
      look(2, '1.36', [], NONE),
      'fail',
    ],
  ])('a look is judged by the policy without them: %s', async (_, before, after, verdict) => {
    expect((await kept(before, after)).find(([target]) => target === '1.37')?.[1]).toBe(verdict);
  });

  test('the look of an upgrade, which may leave the nodes to a later hop, tells no other', async () => {
    const table = new MemoryTable();
    await saveReport(table, run, look(1, '1.37', [stuck]), NOW);
    await saveReport(table, run, look(2, '1.36', [{ ...stuck, severity: 'warning' }]), NOW, true);
    const { scans = [] } = (await load(table, LatestScanItems, 'k'))?.data ?? {};
    expect(scans.map(({ target, verdict }) => [target, verdict])).toEqual([
      ['1.36', 'pass'],
      ['1.37', 'fail'],
    ]);
  });

  test('it rests on the waivers of drains too, and on no others', async () => {
    const until = '2026-12-01T00:00:00.000Z';
    const rests = (findings: readonly JudgedFinding[]) => {
      const report = look(2, '1.36', findings);
      const waived = report.findings.map((one) => ({ ...one, waived: true }));
      return { ...report, findings: waived, waivers: { ...report.waivers, until, by: ['w'] } };
    };
    const waiverOf = async (findings: readonly JudgedFinding[]) => {
      const table = new MemoryTable();
      for (const one of [look(1, '1.37', [stuck]), rests(findings)]) await saveReport(table, run, one, NOW);
      const scan = (await load(table, LatestScanItems, 'k'))?.data.scans.find(({ target }) => target === '1.37');
      return [scan?.verdict, scan?.waivedUntil, scan?.waivedBy];
    };
    expect(await waiverOf([stuck])).toEqual(['pass', until, ['w']]);
    expect(await waiverOf([judged()])).toEqual(['pass', undefined, undefined]);
  });

  test.each([
    ['is there still, since it was first found', [stuck], [at(1).toISOString()]],
    ['is gone', [], []],
  ])('what a look could not see of them %s', async (_, findings, sinces) => {
    const table = new MemoryTable();
    const blind = { coverage: [covered({ what: 'drains of the nodes', source: 'drain', status: 'error' })] };
    const looks = [look(1, '1.36', [stuck]), look(2, '1.36', [], blind), look(3, '1.37', findings)];
    for (const one of looks) await saveReport(table, run, one, new Date(one.scannedAt));
    const scan = (await load(table, LatestScanItems, 'k'))?.data.scans.find(({ target }) => target === '1.36');
    expect([scan?.causes.map(({ since }) => since), scan?.unseen ?? []]).toEqual([sinces, []]);
  });

  const gap = { coverage: [covered(), covered({ what: 'x', source: 'eks', status: 'denied' })] };
  test.each<[string, ReturnType<typeof look>, string]>([
    ['did not read them', look(3, '1.36', [], { coverage: [covered()] }), 'fail'],
    ['was older', look(1, '1.36', []), 'fail'],
    ['was at another version', look(3, '1.36', [], { from: '1.34' }), 'fail'],
    ['was at the nodes of some groups within the minor', look(3, '1.35', []), 'fail'],
    ['was whole', look(3, '1.36', []), 'incomplete'],
  ])('where that look %s', async (_, other, verdict) => {
    const { coverage } = look(1, '1.37', []);
    const before = look(2, '1.37', [stuck], { coverage: [...coverage, ...gap.coverage] });
    expect((await kept(before, other)).find(([target]) => target === '1.37')?.[1]).toBe(verdict);
  });
});
