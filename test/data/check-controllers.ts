import type { ControllerRow } from '../../core/scan/data/controllers.ts';
import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { compareAddonVersions } from '../../core/version/addon-version.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import type { DataProblem } from './problem.ts';

/**
 * Reports controllers whose releases are out of order, and ranges that end before they begin. A range may go back from one release to the
 * next: cert-manager 1.12 was kept alive for longer than 1.13.
 */
export function checkControllers({ controllers }: DataTables): DataProblem[] {
  return controllers.flatMap((row) =>
    objections(row).map((message) => ({ table: 'controllers' as const, entry: row.component, message })),
  );
}

function objections({ releases, basis, retired }: ControllerRow): string[] {
  return [
    ...releases.flatMap(({ release, min, max }, index) => {
      const before = releases[index - 1];
      return [
        ...(max !== null && isOlder(max, min) ? [`${release} supports ${min} to ${max}, which is backwards`] : []),
        ...(before !== undefined && compareAddonVersions(before.release, release) >= 0
          ? [`${release} comes after ${before.release}`]
          : []),
        ...(basis === 'tested' && max === null ? [`${release} is called tested, and names no newest minor`] : []),
      ];
    }),
    ...(retired !== null && compareAddonVersions(releases.at(-1)?.release ?? '', retired) > 0
      ? [`has a release after ${retired}, its last one`]
      : []),
  ];
}

function isOlder(left: string, right: string): boolean {
  return KubeVersion.parse(left).isOlderThan(KubeVersion.parse(right));
}
