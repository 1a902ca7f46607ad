import { KubeVersion } from '../../core/version/kube-version.ts';
import { invalid } from '../failure.ts';

export interface TargetOptions {
  readonly target: readonly string[];
  readonly hops?: boolean;
  readonly from?: string;
}

/** The versions to judge for, the oldest first, each once. @throws Failure (2) for what is no version, or leads nowhere. */
export function targetsOf(options: TargetOptions, serverVersion?: string): KubeVersion[] {
  const named = options.target.flatMap((text) => text.split(',')).map((text) => minorOf(text.trim(), '--target'));
  const from =
    options.from === undefined
      ? serverVersion === undefined
        ? undefined
        : KubeVersion.parse(serverVersion)
      : minorOf(options.from, '--from');
  const unique = [...new Map(named.map((version) => [version.toString(), version])).values()].sort((a, b) =>
    a.compare(b),
  );
  if (options.hops !== true) return unique;
  const last = unique.at(-1);
  if (from === undefined) throw invalid('liftlock: --hops needs to know where it begins: say --from 1.33.');
  if (last === undefined || last.compare(from) <= 0)
    throw invalid(`liftlock: --hops leads from ${from} to ${last ?? 'nowhere'}, and a hop is one minor up.`);
  return from.hopsTo(last);
}

function minorOf(text: string, option: string): KubeVersion {
  const version = KubeVersion.tryParse(text);
  if (version === undefined)
    throw invalid(`liftlock: ${option} ${text || '""'} is no Kubernetes version. Write it as 1.36.`);
  return version;
}
