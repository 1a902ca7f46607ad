import { parseXml } from '../../../test/material/cli/parse-xml.ts';
import { cluster, FILES, INVENTORY, written } from '../../../test/material/cli/plan-files.ts';
import { runInProcess } from '../../../test/material/cli/run-in-process.ts';

async function html(files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const path = written(files);
  const given = ['-f', path('policy.yaml'), '--inventory', path('inventory.json'), '--now', '2026-11-20T08:00:00Z'];
  const { out } = await runInProcess(['plan', ...given, '-o', 'html']);
  return out;
}

test('the chart stands alone: no script, nothing from elsewhere', async () => {
  const page = await html();
  expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|url\((?!#)|@import/i);
  expect(page).toContain("default-src 'none'");
});

test('it has a band for each wave, a bar for each cluster, the windows, the freeze and the deadline', async () => {
  const page = await html();
  const svg = page.slice(page.indexOf('<svg'), page.indexOf('</svg>') + 6);
  expect(() => parseXml(`<?xml version="1.0" encoding="UTF-8"?>\n${svg}`)).not.toThrow();
  const count = (kind: string): number => svg.split(`class="${kind}"`).length - 1;
  expect([count('band'), count('bar'), count('soak'), count('frozen'), count('deadline')]).toEqual([2, 3, 1, 1, 1]);
  expect(count('closed')).toBeGreaterThan(3);
  expect(page).toContain('All 3 clusters can be upgraded by 2026-12-02 00:00 +00:00.');
});

test('what others wrote cannot become markup', async () => {
  const evil = '</td><script>alert(1)</script>"\'&';
  const inventory = {
    ...INVENTORY,
    clusters: [cluster('web', '1.35', 'prod', { unsupported: evil }), cluster('pay', '1.35', 'dev')],
  };
  const page = await html({ ...FILES, 'inventory.json': JSON.stringify(inventory) });
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test('thousands of clusters are drawn in a few bars, and each is in one of them', async () => {
  const clusters = Array.from({ length: 1_500 }, (_, index) => cluster(`c-${index}`, '1.35', 'prod'));
  const text = JSON.stringify({ ...INVENTORY, clusters });
  const policy = FILES['policy.yaml'].replace('maxConcurrency: 10', 'maxConcurrency: "50%"');
  const page = await html({ ...FILES, 'inventory.json': text, 'policy.yaml': policy });
  const sizes = [...page.matchAll(/<title>(\d+) clusters, /g)].map(([, size]) => Number(size));
  expect(sizes.length).toBeLessThanOrEqual(40);
  expect(sizes.reduce((a, b) => a + b, 0)).toBe(1_500);
  expect(page.length).toBeLessThan(200_000);
});

test('clusters of one name are told apart', async () => {
  const clusters = ['111122223333', '444455556666'].map((accountId) => ({
    ...cluster('web', '1.35', 'prod'),
    accountId,
  }));
  const page = await html({ ...FILES, 'inventory.json': JSON.stringify({ ...INVENTORY, clusters }) });
  const labels = [...page.matchAll(/class="label"[^>]*>([^<]+)</g)].map(([, label]) => label);
  expect(labels.sort()).toEqual(['111122223333.eu-central-1.web', '444455556666.eu-central-1.web']);
});
