import { type RunningCloud, runningClouds } from '../../simulator/cloud/state/running-clouds.ts';
import { writeError } from '../output/streams.ts';
import { EXIT, type ExitCode } from '../verb.ts';

/** The one local cloud that is meant; says on stderr why there is none. */
export function chooseCloud(port: number | undefined): RunningCloud | ExitCode {
  const meant = runningClouds().filter((cloud) => port === undefined || cloud.port === port);
  const [only] = meant;
  if (only === undefined) {
    writeError(`liftlock: no local cloud runs${port === undefined ? '' : ` on port ${port}`}.\n`);
    return EXIT.failure;
  }
  if (meant.length === 1) return only;
  const ports = meant.map((cloud) => cloud.port).join(', ');
  writeError(`liftlock: ${meant.length} local clouds run (ports ${ports}). Say which with --port.\n`);
  return EXIT.invalid;
}
