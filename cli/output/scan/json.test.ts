import { reportOf } from '../../../test/material/scan/report.ts';
import type { Io } from '../../command/io.ts';
import type { ScanDocument } from './across-hops.ts';
import { printJson } from './print-scan.ts';

function printed(document: ScanDocument): string {
  let text = '';
  printJson(
    {
      out: (part) => {
        text += part;
      },
    } as Io,
    document,
  );
  return text;
}

test.each<[string, ScanDocument]>([
  ['a report', reportOf()],
  ['a list', { apiVersion: 'liftlock/v1alpha1', kind: 'ScanReportList', items: [reportOf(), reportOf()] }],
  ['an empty list', { apiVersion: 'liftlock/v1alpha1', kind: 'ScanReportList', items: [] }],
])('%s in pieces is the same text as at once', (_, document) => {
  expect(printed(document)).toBe(`${JSON.stringify(document, null, 2)}\n`);
});
