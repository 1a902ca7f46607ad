import { parseXml } from '../../test/material/cli/parse-xml.ts';
import { clusterReport, runReportOf, waveReport } from '../../test/material/report/example-report.ts';
import { renderHtml } from './render-html.ts';

const at = (time: string): string => `2026-11-20T${time}:00.000Z`;
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });
const full = runReportOf({
  clusters: [
    clusterReport(),
    clusterReport({ name: 'alone', place: undefined, bucket: 'excluded', steps: [], blockers: [] }),
  ],
  waves: [
    waveReport({
      soaks: [span('08:30', '09:30')],
      closed: [span('10:00', '11:00'), span('11:30', '12:00')],
      freezes: [{ ...span('10:00', '11:00'), what: 'release: we ship' }],
    }),
  ],
});
const chartOf = (page: string): string => page.slice(page.indexOf('<svg'), page.indexOf('</svg>') + 6);

test('the chart has a time axis that people can read, a band for each wave, its opening, soak, closed windows and freezes', () => {
  const chart = chartOf(renderHtml(full));
  expect(() => parseXml(`<?xml version="1.0" encoding="UTF-8"?>\n${chart}`)).not.toThrow();
  const count = (kind: string): number => chart.split(`class="${kind}"`).length - 1;
  expect(['band', 'open', 'soak', 'closed', 'frozen', 'step done'].map(count)).toEqual([2, 1, 1, 2, 1, 1]);
  const times = [...chart.matchAll(/class="axis" x="[\d.]+" y="\d+">([^<]+)</g)].map(([, text]) => text);
  expect(times.slice(0, 3)).toEqual(['11-20 08:00', '11-20 08:30', '11-20 09:00']);
  expect(chart).toContain('<title>freeze release: we ship, 2026-11-20T10:00:00.000Z to');
  expect(chart).toContain('r/all: Completed');
  expect(chart).toContain('In no wave');
});

test('what is drawn stands where its time stands on the axis', () => {
  const chart = chartOf(renderHtml(full));
  const x = (pattern: RegExp): number => Number(pattern.exec(chart)?.[1]);
  const tick = x(/<line class="tick" x1="([\d.]+)"[^>]*\/><text[^>]*>11-20 08:30</);
  expect(x(/class="soak" x="([\d.]+)"/)).toBeCloseTo(tick, 0);
  expect(x(/class="step done" x="[\d.]+" y="[\d.]+" width="([\d.]+)"/)).toBeCloseTo(tick - 210, 0);
});

test('the page stands alone and tells what blocks a cluster with its parts; what others wrote is no markup', () => {
  const evil = '</td><script>alert(1)</script>"\'&';
  const blockers = [{ code: 'ScanFinding', what: evil, cause: 'c', owner: 'team-payments', fix: 'mend it' }];
  const page = renderHtml(
    runReportOf({ clusters: [clusterReport({ name: evil, bucket: 'held', status: 'Blocked', blockers })] }),
  );
  expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|url\((?!#)|@import/i);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain('<br>cause: c<br>owner: team-payments<br>fix: mend it');
  expect(page).toContain('1 of 1 upgraded');
  expect(page).toContain('0 upgraded, 0 failed, 1 blocked, 0 excluded.');
});

test('the chart tells clusters of one name apart', () => {
  const chart = chartOf(
    renderHtml(runReportOf({ clusters: ['us-east-1', 'us-west-2'].map((region) => clusterReport({ region })) })),
  );
  const labels = [...chart.matchAll(/class="label"[^>]*>([^<]+) · /g)].map(([, label]) => label);
  expect(labels.map((label) => label?.split('.')[1])).toEqual(['us-east-1', 'us-west-2']);
});
