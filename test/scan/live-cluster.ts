import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScanReport } from '../../core/scan/report/report-schema.ts';
import type { ApiFault } from '../../simulator/kubernetes/faults/api-fault.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import type { Authenticate } from '../../simulator/kubernetes/server/authenticate.ts';
import { type KubeconfigOptions, kubeconfig } from '../../simulator/kubernetes/server/kubeconfig.ts';
import type { ServedRequest } from '../../simulator/kubernetes/server/served-request.ts';
import { type Ran, type RunOptions, runInProcess } from '../material/cli/run-in-process.ts';
import {
  goodToken,
  principal,
  type ServerUnderTest,
  startServerUnderTest,
} from '../material/kubernetes/server-under-test.ts';
import { cleanCluster, cleanObjects } from './clean-cluster.ts';

/** A cluster behind TLS, a kubeconfig for it, and the command that scans it. */
export interface LiveCluster {
  readonly under: ServerUnderTest;
  readonly folder: string;
  /** Everything that was asked for since the last scan began. */
  readonly requests: ServedRequest[];
  /** How many requests were under way together. */
  mostAtOnce(): number;
  put(...objects: StoredObject[]): void;
  fail(...faults: ApiFault[]): void;
  scan(options?: readonly string[], run?: RunOptions): Promise<Scanned>;
  writeKubeconfig(changes?: Partial<KubeconfigOptions>): Promise<string>;
  close(): Promise<void>;
}

export interface Scanned extends Ran {
  readonly report: ScanReport;
}

/** What a scan waits for passes at once. */
const atOnce = async (): Promise<void> => {};

export async function startLiveCluster(minor = '1.35', authenticate?: Authenticate): Promise<LiveCluster> {
  const requests: ServedRequest[] = [];
  let [underWay, most] = [0, 0];
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    underWay += 1;
    most = Math.max(most, underWay);
    return work().finally(() => {
      underWay -= 1;
    });
  };
  const under = await startServerUnderTest({
    clusters: [cleanCluster(minor)],
    authenticate: authenticate ?? (async (token) => (token === goodToken ? { principal } : undefined)),
    around,
    onRequest: (request) => requests.push(request),
  });
  const folder = await mkdtemp(join(tmpdir(), 'liftlock-scan-'));
  const { kubernetes } = under.cluster;
  kubernetes.objects = [...cleanObjects];
  const writeKubeconfig = async (changes: Partial<KubeconfigOptions> = {}) => {
    const path = join(folder, 'kubeconfig');
    const given: KubeconfigOptions = {
      name: 'shop',
      server: under.server.endpointOf(under.cluster.arn),
      certificateAuthority: under.server.certificateAuthority,
      user: { token: goodToken },
      ...changes,
    };
    await writeFile(path, kubeconfig(given));
    return path;
  };
  const path = await writeKubeconfig();
  return {
    under,
    folder,
    requests,
    writeKubeconfig,
    mostAtOnce: () => most,
    put: (...objects) => {
      kubernetes.objects = [...(kubernetes.objects ?? []), ...objects];
    },
    fail: (...faults) => {
      kubernetes.faults = faults;
    },
    async scan(options = [], run = {}) {
      requests.length = 0;
      const asked = ['--kubeconfig', path, '--requests-per-second', '1000', '-o', 'json', ...options];
      const target = options.includes('--target') ? [] : ['--target', '1.36'];
      const ran = await runInProcess(['scan', ...asked, ...target], { sleep: atOnce, ...run });
      return { ...ran, report: (ran.out === '' ? undefined : JSON.parse(ran.out)) as ScanReport };
    },
    async close() {
      await under.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What tells findings apart, for comparison with a table. */
export const rowsOf = ({ findings }: ScanReport): string[] =>
  findings.map(
    ({ severity, reason, source, apiVersion, kind, namespace, name, owner, confidence, rule }) =>
      `${severity} ${reason} ${source} ${apiVersion ?? '-'} ${kind} ${namespace ?? '-'}/${name ?? '-'} (${owner ?? '-'}, ${confidence})${rule === null ? '' : ` ${rule}`}`,
  );

export const gapsOf = ({ coverage }: ScanReport): string[] =>
  coverage
    .filter(({ status }) => status === 'denied' || status === 'error')
    .map(({ status, what }) => `${status} ${what}`);
