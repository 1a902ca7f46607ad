import { readFileSync } from 'node:fs';
import { reportOf } from '../../../test/material/scan/report.ts';
import type { Session } from '../../command/session.ts';
import { printScan, SCAN_FORMATS } from './print-scan.ts';

test.each(SCAN_FORMATS)('-o %s writes one document to stdout and nothing else', async (format) => {
  const written: string[] = [];
  const io = { out: (text: string) => written.push(text), columns: undefined, env: {} };
  const session = { io, paint: (_: string, text: string) => text } as unknown as Session;
  await printScan(session, format, reportOf(), { version: '0.1.0', current: '/r' });
  const text = written.join('');
  expect(text).toContain('PodDisruptionBudget');
  expect(text).toMatch(/\n$/);
});

test('building and printing a report loads no zod', () => {
  const seen = new Set<string>();
  const visit = (url: URL) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, type, specifier = ''] of readFileSync(url, 'utf8').matchAll(
      /(?:^|\n)(?:import|export)( type)?\s[^'";]*?from '([^']+)'/g,
    )) {
      if (type !== undefined) continue;
      expect([url.href, specifier]).not.toEqual([url.href, 'zod']);
      if (specifier.startsWith('.')) visit(new URL(specifier, url));
    }
  };
  for (const file of ['table', 'markdown', 'junit', 'sarif', 'print-scan', '../../../core/scan/report/build-report']) {
    visit(new URL(`${file}.ts`, import.meta.url));
  }
  expect([...seen].some((href) => href.endsWith('/words.ts'))).toBe(true);
});
