import { exportLines } from '../../simulator/cloud/export-lines.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { type Ran, type RunOptions, runInProcess } from '../material/cli/run-in-process.ts';

/** What `eval "$(liftlock local env)"` sets; `as` is who has the managed policy of that name, and nothing else. */
export function environmentOf(cloud: LocalCloud, as?: string): Record<string, string> {
  const who = as === undefined ? {} : { as };
  const lines = exportLines({ origin: cloud.wire.origin, anchors: cloud.anchorBucket, ...cloud.hub, ...who });
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The environment of this process is as it was when this has ended. */
export async function keepingEnvironment<Result>(run: () => Promise<Result>): Promise<Result> {
  const outside = { ...process.env };
  try {
    return await run();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in outside)) delete process.env[name];
    Object.assign(process.env, outside);
  }
}

/** One command line in the terminal of that person. The SDK finds its keys in the environment of the process, the verbs what else there is. */
export function runAs(
  cloud: LocalCloud,
  as: string | undefined,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const env = environmentOf(cloud, as);
  Object.assign(process.env, env);
  return runInProcess(argv, { now: cloud.clock.now(), env, ...options });
}
