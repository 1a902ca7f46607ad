import { compareAddonVersions } from '../../version/addon-version.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { ControllerRelease } from '../data/controller-row.ts';
import { controllerOf, releaseOf } from '../data/controllers.ts';
import { isReached } from '../data/reached.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { findingOf } from './finding.ts';
import type { ControllerImage } from './observation.ts';

/** A known controller at a version, against the Kubernetes minors that its makers name. Untested is a warning, not a break. */
export function judgeController(image: ControllerImage, target: KubeVersion): JudgedFinding | undefined {
  const row = controllerOf(image.component);
  if (row === undefined) return undefined;
  const [oldest] = row.releases;
  // What is older than the first line supports no more than that one; of what is newer than the table nothing is known.
  const isOlder = oldest !== undefined && compareAddonVersions(image.version, oldest.release) < 0;
  const line = releaseOf(row, image.version) ?? (isOlder ? oldest : undefined);
  if (line === undefined) return undefined;
  const says = row.basis === 'tested' ? 'is tested by its makers' : 'is meant';
  const range = line.max === null ? `Kubernetes ${line.min} and newer` : `Kubernetes ${line.min} to ${line.max}`;
  if (fits(line, target)) return undefined;
  const next = row.releases.find(
    (release) => fits(release, target) && compareAddonVersions(release.release, image.version) > 0,
  );
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

function fits({ min, max }: ControllerRelease, target: KubeVersion): boolean {
  if (!isReached(min, target)) return false;
  return max === null || target.compare(KubeVersion.parse(max)) <= 0;
}
