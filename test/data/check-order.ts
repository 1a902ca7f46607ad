import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { type DataProblem, kindName } from './problem.ts';

/** Reports lifecycles that run backwards: an API is introduced, then deprecated, then removed; a rule warns before it breaks. */
export function checkOrder({ apis, rules, coverage }: DataTables): DataProblem[] {
  const ofApis = apis.flatMap((row) => {
    const { introduced, deprecated, removed } = row;
    const wrong = [
      ...(deprecated !== null && !isBefore(introduced, deprecated)
        ? [`deprecated in ${deprecated}, introduced in ${introduced}`]
        : []),
      ...(removed !== null && !isBefore(introduced, removed)
        ? [`removed in ${removed}, introduced in ${introduced}`]
        : []),
      ...(deprecated !== null && removed !== null && isBefore(removed, deprecated)
        ? [`removed in ${removed}, before it was deprecated in ${deprecated}`]
        : []),
      ...(deprecated === null && removed === null ? ['neither deprecated nor removed: it needs no row'] : []),
    ];
    return wrong.map((message) => ({ table: 'apis' as const, entry: kindName(row), message }));
  });
  const ofRules = rules.flatMap(({ id, deprecatedIn, breaksIn }) =>
    deprecatedIn !== null && breaksIn !== null && isBefore(breaksIn, deprecatedIn)
      ? [{ table: 'rules' as const, entry: id, message: `breaks in ${breaksIn}, before it warns in ${deprecatedIn}` }]
      : [],
  );
  const ofCoverage = isBefore(coverage.newestMinor, coverage.oldestMinor)
    ? [{ table: 'coverage' as const, entry: 'coverage', message: 'the newest minor is older than the oldest' }]
    : [];
  return [...ofApis, ...ofRules, ...ofCoverage];
}

function isBefore(earlier: string, later: string): boolean {
  return KubeVersion.parse(earlier).isOlderThan(KubeVersion.parse(later));
}
