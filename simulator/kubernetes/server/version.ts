import type { Call } from './call.ts';

/** `GET /version`. EKS adds a `+` to the minor. */
export function versionInfo({ gitVersion }: Call): object {
  const [, major = '1', minor = '0', build = ''] = /^v(\d+)\.(\d+)\.\d+-eks-(\w+)/.exec(gitVersion) ?? [];
  return {
    major,
    minor: `${minor}+`,
    gitVersion,
    gitCommit: build.padEnd(40, '0'),
    gitTreeState: 'clean',
    buildDate: '2026-10-01T00:00:00Z',
    goVersion: 'go1.25.3',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
