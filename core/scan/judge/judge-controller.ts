import { KubeVersion } from '../../version/kube-version.ts';
import type { ControllerRelease, ControllerRow } from '../data/controller-row.ts';
import { controllerRow } from '../data/controllers.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { compareVersions, versionNumbers } from '../workload/image-reference.ts';
import { findingOf } from './finding.ts';
import type { ControllerImage } from './observation.ts';

/** A known controller at a version, against the Kubernetes minors that its makers name. Untested is a warning, not a break. */
export function judgeController(image: ControllerImage, target: KubeVersion): JudgedFinding | undefined {
  const row = controllerRow(image.component);
  const version = versionNumbers(image.version);
  if (row === undefined || version === undefined) return undefined;
  const line = releaseOf(row, version);
  if (line === undefined) return undefined;
  const says = row.basis === 'tested' ? 'is tested by its makers' : 'is meant';
  const range = line.max === null ? `Kubernetes ${line.min} and newer` : `Kubernetes ${line.min} to ${line.max}`;
  if (fits(line, target)) return undefined;
  const next = row.releases.find((release) => fits(release, target) && isNewer(release, version));
  return findingOf(image, {
    severity: 'warning',
    reason: 'unsupported',
    confidence: row.basis === 'tested' ? 'medium' : 'low',
    message: `${row.component} ${image.version} ${says} with ${range}, not with ${target}.`,
    fix:
      next === undefined
        ? `No release of ${row.component} is known to support ${target}. Look for a newer one, and test it before the upgrade.`
        : `Update ${row.component} to ${next.release} or newer before the upgrade.`,
  });
}

/** The last line that is not newer than the version; the first one for what is older than all. */
function releaseOf(row: ControllerRow, version: readonly number[]): ControllerRelease | undefined {
  return (
    row.releases.findLast(({ release }) => compareVersions(versionNumbers(release) ?? [], version) <= 0) ??
    row.releases[0]
  );
}

const isNewer = ({ release }: ControllerRelease, version: readonly number[]): boolean =>
  compareVersions(versionNumbers(release) ?? [], version) > 0;

function fits({ min, max }: ControllerRelease, target: KubeVersion): boolean {
  if (target.isOlderThan(KubeVersion.parse(min))) return false;
  return max === null || target.compare(KubeVersion.parse(max)) <= 0;
}
