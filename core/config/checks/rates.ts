import { valuesAt } from '../../model/values-at.ts';
import { fieldOf } from '../sound-fields.ts';
import type { Report } from './check.ts';

/** Reports rates that cannot be queried or are always equal. The schema must not: it also reads policies that were applied earlier. */
export function checkRates(document: unknown, report: Report): void {
  for (const list of ['metrics', 'queries'])
    for (const { path, value: rate } of valuesAt(document, `spec.smoke.rates.${list}[]`)) {
      const [requests, errors, url] = ['requests', 'errors', 'url'].map((name) => fieldOf(rate, name));
      if (typeof errors === 'string' && errors === requests)
        report(
          'error',
          [...path, 'errors'],
          'is the same as requests, so that all of them would have failed. Write what counts those alone that failed, such as HTTPCode_Target_5XX_Count or code=~"5..".',
        );
      const base = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
      const before = base?.pathname.match(/^(.*)\/api\/v1(\/query(_range)?)?\/*$/)?.[1];
      if (before !== undefined)
        report(
          'error',
          [...path, 'url'],
          `Liftlock puts /api/v1/query_range after it. Write what comes before: ${base?.origin}${before}.`,
        );
    }
}
