import { given } from '../../core/model/given.ts';
import { accessReport } from '../../simulator/cloud/access-report.ts';
import { liftlockEvents } from '../../simulator/cloud/events/liftlock-events.ts';
import { exportLines } from '../../simulator/cloud/export-lines.ts';
import { type CloudFleet, startCloudFleet } from '../../simulator/cloud/start-cloud-fleet.ts';
import { noteRunning } from '../../simulator/cloud/state/running-clouds.ts';
import { accountsOf } from '../../simulator/eks/clusters.ts';
import { prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import { interruption } from '../command/io.ts';
import type { Session } from '../command/session.ts';
import { writeError, writeOut } from '../command/streams.ts';
import { accessLines } from '../start/access-lines.ts';
import { plainLines } from '../start/plain-lines.ts';

interface LocalUpOptions {
  readonly fleet: string;
  readonly port?: number;
  readonly state?: string;
  readonly speed: number;
  readonly seed: number;
  readonly assembly?: string;
}

/** Runs a local cloud in the foreground. stdout has the export lines first, then the events of Liftlock. */
export async function startLocalCloud(_: Session, options: LocalUpOptions): Promise<ExitCode> {
  const { fleet: folder, port, state, speed, seed, assembly } = options;
  const signal = interruption();
  let started: CloudFleet;
  try {
    started = await startCloudFleet(await prepareFleet(folder, { defaultNow: new Date() }), {
      seed,
      speed,
      functionsHere: true,
      signal,
      onNote: (note) => writeError(`${note}\n`),
      ...given({ port, stateFolder: state, assembly }),
    });
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    writeError(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.invalid;
  }
  const { cloud, continued, close } = started;
  const forget = noteRunning({
    pid: process.pid,
    port: cloud.wire.port,
    kubernetesPort: cloud.wire.kubernetesPort,
    fleet: folder,
    hub: cloud.hub,
    anchors: cloud.anchorBucket,
    people: peopleOf(started),
    accounts: accountsOf(started.cloud.eks.state),
    startedAt: new Date().toISOString(),
    ...given({ stateFolder: state }),
  });
  try {
    writeOut(`${welcome(started, continued, speed).join('\n')}\n`);
    liftlockEvents(cloud, plainLines(writeOut));
    while (!signal.aborted) await cloud.clock.runUntil(new Date(cloud.clock.now().getTime() + DAY), signal);
    const { lines } = accessLines(await accessReport(cloud), cloud.faults);
    writeOut(`${lines.join('\n')}\n`);
    return EXIT.ok;
  } finally {
    forget();
    await close();
  }
}

const DAY = 86_400_000;

const peopleOf = ({ cloud }: CloudFleet): string[] =>
  cloud.authority.iam.directory
    .users()
    .flatMap(({ account, name, managedPolicies }) =>
      managedPolicies !== undefined && account === cloud.hub.account ? [name] : [],
    );

function welcome({ cloud, prepared }: CloudFleet, continued: boolean, speed: number): string[] {
  const [first] = Object.values(cloud.eks.state.clusters);
  const begin = continued ? 'It goes on from what was kept, at' : 'Virtual time begins at';
  return [
    ...exportLines({ origin: cloud.wire.origin, anchors: cloud.anchorBucket, ...cloud.hub }),
    '',
    `# ${begin} ${cloud.clock.now().toISOString()}; a second is ${speed} seconds of the fleet.`,
    ...prepared.warnings.map((warning) => `# ${warning}`),
    ...(first === undefined
      ? []
      : [
          '# The keys above are those of the hub. To look into an account of the fleet, take its own; in another terminal:',
          `#   eval "$(bin/liftlock local env --account ${first.account})"`,
          `#   aws eks describe-cluster --name ${first.name} --region ${first.region}`,
          '# To be one of the people whom the policies of the hub are for: bin/liftlock local env --as approver',
        ]),
    '# Clients older than AWS_ENDPOINT_URL (and `aws sqs` of version 1) need --endpoint-url "$AWS_ENDPOINT_URL".',
    '# Ctrl-C, or bin/liftlock local down, ends it.',
    '',
  ];
}
