import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { remembered } from '../../core/model/remembered.ts';
import { shellWord } from '../../core/model/shell-word.ts';
import { WrittenDrains } from '../../core/scan/drain/written-drains.ts';
import type { Observation } from '../../core/scan/judge/observation.ts';
import type { KindList } from '../../core/scan/listed/kind-list.ts';
import type { Position } from '../../core/scan/manifest/manifest-object.ts';
import { headsOf } from '../../core/scan/manifest/observe-template.ts';
import { scanText, type TextScan } from '../../core/scan/manifest/scan-text.ts';
import { splitYaml } from '../../core/scan/manifest/split-yaml.ts';
import { templateOf } from '../../core/scan/manifest/template-text.ts';
import { isGap } from '../../core/scan/report/verdict.ts';
import { invalid } from '../command/failure.ts';
import type { Io } from '../command/io.ts';
import type { RenderChart } from './collect-manifests.ts';
import { readStream, readTextFile } from './read-text.ts';

const MOST_SECONDS = 60;
const MOST_WORDS = 300;

interface RenderOptions {
  /** The path from `findHelm`. */
  readonly helm: string;
  /** The value of `.Capabilities.KubeVersion` in charts. */
  readonly kubeVersion: string;
  readonly lists?: readonly KindList[];
  /** The limit for each chart. */
  readonly seconds?: number;
}

/** The `helm` on PATH. @throws Failure (2) where there is none. */
export function findHelm({ PATH = '' }: Io['env']): string {
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  const helm = folders.map((folder) => join(folder, 'helm')).find(isExecutable);
  if (helm !== undefined) return helm;
  throw invalid(
    'liftlock: --render needs helm, and there is none on PATH. Install it (https://helm.sh/docs/intro/install/), or render where it is: helm template <chart> | liftlock scan --manifests -',
  );
}

/** Renders one chart after the other. */
export function chartRenderer(
  io: Io,
  { helm, kubeVersion, lists = [], seconds = MOST_SECONDS }: RenderOptions,
): RenderChart {
  return async (chart) => {
    const file = readTextFile(join(chart, 'Chart.yaml'));
    if ('text' in file && /^type:\s*["']?library\b/m.test(file.text)) return { observations: [], coverage: [] };
    // An absolute path can be neither an option nor a chart of a repository.
    const argv = ['template', 'liftlock', resolve(chart), '--kube-version', kubeVersion];
    const read = await run(io, { helm, argv, seconds });
    if ('problem' in read)
      return {
        problem: `helm template did not render it: ${read.problem}. Try it: helm ${argv.map(shellWord).join(' ')}`,
      };
    return scanRendered(chart, read.text, { kubeVersion, lists });
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Command {
  readonly helm: string;
  readonly argv: readonly string[];
  readonly seconds: number;
}

/** Runs Helm without shell, plugins, cluster or the caller's credentials, because a chart is a program of a third party. */
async function run(io: Io, { helm, argv, seconds }: Command): Promise<{ text: string } | { problem: string }> {
  const { PATH = '', HOME = '' } = io.env;
  const env = { PATH, HOME, HELM_NO_PLUGINS: '1', KUBECONFIG: '/dev/null' };
  const child = spawn(helm, argv, { env, stdio: ['ignore', 'pipe', 'pipe'], shell: false });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < MOST_WORDS * 10) said += chunk.toString('utf8');
  });
  const ended = new Promise<string | undefined>((settle) => {
    child.once('error', ({ message }) => settle(message));
    child.once('close', (code, signal) =>
      settle(code === 0 ? undefined : wordsOf(said) || `it ended with ${code ?? signal}`),
    );
  });
  const late = AbortSignal.timeout(seconds * 1_000);
  const read = await readStream(child.stdout, AbortSignal.any([io.interrupted, late]));
  if ('problem' in read) {
    child.kill('SIGKILL');
    // A child process of Helm must not keep this process running.
    child.stderr.destroy();
    return { problem: late.aborted ? `it took longer than ${seconds} seconds` : read.problem };
  }
  const problem = await ended;
  return problem === undefined ? read : { problem };
}

/** The error message of Helm on one line, from `Error: …` on, without the warnings before it. */
const wordsOf = (said: string): string =>
  (/^Error: ([\s\S]*)/m.exec(said)?.[1] ?? said).replaceAll(/\s+/g, ' ').trim().slice(0, MOST_WORDS).replace(/\.$/, '');

/** Scans the rendered text. Findings name their place in the templates, because rendered text cannot be edited. */
function scanRendered(
  chart: string,
  text: string,
  { kubeVersion, lists }: Required<Pick<RenderOptions, 'kubeVersion' | 'lists'>>,
): TextScan {
  const headsIn = remembered((file: string) => {
    const read = readTextFile(file);
    return 'text' in read ? headsOf(read.text) : [];
  });
  const drains = new WrittenDrains();
  const placed = (one: Observation, file: string): Observation => {
    const { apiVersion, kind } = one.subject;
    const head = headsIn(file).find((other) => other.apiVersion === apiVersion && other.kind === kind);
    const { line, column }: Position = head ?? { line: 1, column: 1 };
    return { ...one, location: { file, line, column } };
  };
  const scans = splitYaml(text).map((document) => {
    // Its first folder is the name of the chart.
    const source = templateOf(document.text)?.split('/').slice(1).join('/');
    const file = source === undefined ? chart : join(chart, source);
    const { observations, coverage } = scanText(file, document.text, lists, drains);
    return {
      observations: observations.map((one) => placed(one, file)),
      count: coverage.reduce((sum, entry) => sum + entry.count, 0),
      gaps: coverage
        .filter(isGap)
        .map((entry) => ({ ...entry, what: entry.what.replace(/(?::\d+){1,2}$/, ', rendered') })),
    };
  });
  const count = scans.reduce((sum, scan) => sum + scan.count, 0);
  const detail = `helm rendered it for ${kubeVersion} with its own values: what they turn off was not looked at.`;
  return {
    observations: [
      ...scans.flatMap(({ observations }) => observations),
      ...drains.judge().map((one) => placed(one, one.location?.file ?? chart)),
    ],
    coverage: [
      { what: `chart ${chart}`, source: 'manifest', status: 'read', detail, count },
      ...scans.flatMap(({ gaps }) => gaps),
    ],
  };
}
