import { KubeVersion } from '../../core/version/kube-version.ts';
import { invalid } from '../command/session.ts';

export interface TargetOptions {
  readonly target: readonly string[];
  readonly hops?: boolean;
  readonly from?: string;
}

/**
 * The versions to judge for, the oldest first, each once. Without --target that is the minor after the one that the cluster runs; where
 * none is known it must be said.
 *
 * @throws Failure (2) with everything that is wrong: what is no version, or leads nowhere.
 */
export function targetsOf({ target, hops, from: named }: TargetOptions, serverVersion?: string): KubeVersion[] {
  const wrong: string[] = [];
  const read = (text: string, option: string): KubeVersion[] => {
    const version = KubeVersion.tryParse(text.trim());
    if (version === undefined)
      wrong.push(`liftlock: ${option} ${text.trim() || '""'} is no Kubernetes version. Write it as 1.36.`);
    return version === undefined ? [] : [version];
  };
  const runs = serverVersion === undefined ? undefined : KubeVersion.parse(serverVersion);
  const [from = runs] = named === undefined ? [] : read(named, '--from');
  const given = target.flatMap((text) => text.split(',')).flatMap((text) => read(text, '--target'));
  const meant = target.length > 0 || runs === undefined ? given : [runs.next()];
  const unique = [...new Map(meant.map((version) => [version.toString(), version])).values()];
  const targets = unique.sort((a, b) => a.compare(b));
  const last = targets.at(-1);
  if (target.length === 0 && last === undefined)
    wrong.push('liftlock: --target is missing: say the version to go to, e.g. --target 1.36.');
  if (hops === true && from === undefined && named === undefined)
    wrong.push('liftlock: --hops needs to know where it begins: say the version that runs now, e.g. --from 1.33.');
  if (hops !== true && named !== undefined)
    wrong.push('liftlock: --from is where --hops begins, and means nothing without it.');
  if (hops === true && from !== undefined && last !== undefined && last.compare(from) <= 0)
    wrong.push(`liftlock: --hops leads from ${from} to ${last}, and a hop is one minor up.`);
  if (wrong.length > 0) throw invalid(wrong.join('\n'));
  return hops === true && from !== undefined && last !== undefined ? from.hopsTo(last) : targets;
}
