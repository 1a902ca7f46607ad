import { InvalidArgumentError } from 'commander';
import { FAIL_ON, LIVE_SOURCES } from '../core/contracts/scan-words.ts';
import {
  numberOption,
  OUTPUT,
  output,
  RECURSIVE,
  REQUEST_RATE,
  secondsUpTo,
  type Verbs,
  WHICH_FILES,
} from './command/verb.ts';
import { SCAN_FORMATS } from './output/scan/print-scan.ts';

const SKIPPED = ['manifest', ...LIVE_SOURCES, 'not-rendered'];

function skipped(text: string, before: readonly string[]): string[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !SKIPPED.includes(word));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${SKIPPED.join(', ')}.`);
  return [...before, ...words];
}

const NINE_DIGITS = 'It is a whole number of at most nine digits';
const wholeNumber = numberOption((_, text) => /^\d{1,9}$/.test(text), `${NINE_DIGITS}.`);
const signedNumber = numberOption((_, text) => /^-?\d{1,9}$/.test(text), `${NINE_DIGITS}.`);
const positiveNumber = numberOption(
  (value, text) => /^\d{1,9}$/.test(text) && value >= 1,
  `${NINE_DIGITS}, 1 or more.`,
);
const count = numberOption(
  (value, text) => /^\d+$/.test(text) && value >= 1 && value <= 1000,
  'It is a number from 1 to 1000.',
);

/** The verbs that forecast and judge, mostly from files alone. */
export const OFFLINE_VERBS: Verbs = {
  scan: {
    description: 'what breaks when a cluster goes to a version, who owns it, and how to repair it',
    options: [
      ['--manifests <path...>', 'files or folders with manifests, or - for standard input'],
      ['--kubeconfig <file>', 'the cluster of this kubeconfig (default: KUBECONFIG, with --context)'],
      ['--context <name>', 'a context of the kubeconfig, other than its current one'],
      [
        '--target <versions...>',
        'the Kubernetes version to go to, e.g. 1.36; several for several reports (default of a cluster: the next minor)',
        { default: [] },
      ],
      ['--hops', 'one report for each minor on the way to --target'],
      ['--from <version>', 'where --hops begins (default: what the cluster runs)'],
      // `choices` is not used, because users also write lists with commas.
      [
        '--skip <sources...>',
        `leave out on purpose, and say so in the report: ${SKIPPED.join(', ')}`,
        { parse: skipped, default: [] },
      ],
      ['--render', 'with --manifests: render charts with the helm on PATH, for the newest --target'],
      [
        '--only <what...>',
        'show and count only these findings: severity=, rule=, api=, owner= or namespace=, a list, * for any text',
        { default: [] },
      ],
      ['--fail-on <what>', 'what fails the scan', { choices: FAIL_ON, default: 'removed' }],
      ['--waivers <path...>', 'files or folders of ScanWaivers', { default: [] }],
      ['--list <path...>', 'files or folders of KindLists: look for kinds of your own, too', { default: [] }],
      ['--baseline <file>', 'an older report (-o json): only what is new fails'],
      ['--eks-insights [arn]', 'with --kubeconfig: read the upgrade insights of Amazon EKS too'],
      REQUEST_RATE,
      output(SCAN_FORMATS),
    ],
    load: async () => (await import('./scan/scan.ts')).scan,
  },
  // The controller makes this scan and the next, with its own access to the clusters.
  'scan cluster <name>': {
    description: 'have the controller scan one cluster of the fleet, wait, and print the report',
    options: [
      ['--target <version>', 'the Kubernetes version to go to (default: the next minor)'],
      ['--no-wait', 'start it, and do not wait for its report'],
      ['--wait-timeout <seconds>', 'how long to wait for the report', { parse: secondsUpTo(86_400), default: 3_600 }],
      output(SCAN_FORMATS),
    ],
    load: async () => (await import('./scan/scan-cluster.ts')).scanCluster,
  },
  'scan fleet': {
    description: 'clusters by verdict for one target, what to repair over the whole fleet, and whom to ask',
    options: [
      ['--target <version>', 'the Kubernetes version to go to, e.g. 1.37'],
      ['-l, --selector <labels>', 'only clusters with these labels, e.g. env=prod,team!=web'],
      ['--start', 'start a scan of each cluster that has none for the target from the last day'],
      OUTPUT,
    ],
    load: async () => (await import('./scan/scan-fleet.ts')).scanFleet,
  },
  plan: {
    description: 'what would happen to a fleet, with dates, offline; exit 3 when it is not feasible',
    options: [
      [
        '-f, --filename <path...>',
        'policies, calendars, Fleet: a file, a folder, or -; may be repeated',
        { required: true },
      ],
      RECURSIVE,
      ['--inventory <file>', 'the clusters, as `liftlock get clusters -o yaml` prints them', { required: true }],
      ['--now <instant>', 'RFC 3339 with a zone: plan from then on (default: now)'],
      ['--target <version>', 'latest, latest-1 or a minor, instead of what the policies say'],
      ['--seed <number>', 'what chance is drawn from for the eta', { parse: wholeNumber, default: 1 }],
      ['--diff <plan>', 'an older plan as JSON: print what has moved since'],
      output(['table', 'json', 'yaml', 'html']),
    ],
    load: async () => (await import('./plan/plan.ts')).plan,
  },
  simulate: {
    description: 'run whole rollouts on a simulated EKS, with faults, and judge them (exit 1 on a violation)',
    options: [
      ['--fleet <folder>', 'a folder as `liftlock start` takes it', { conflicts: ['clusters'] }],
      ['--clusters <count>', 'a synthetic fleet of so many clusters', { parse: positiveNumber, default: 50 }],
      ['--target <minor>', 'where the fleet goes (synthetic: the newest that the simulated EKS knows)'],
      ['--seed <number>', 'of the fleet, the durations and the faults', { parse: signedNumber, default: 1 }],
      ['--faults <level>', 'how much goes wrong', { choices: ['none', 'light', 'heavy'], default: 'none' }],
      ['--runs <count>', 'so many runs, with the seeds that follow', { parse: positiveNumber }],
      [
        '--replay <file>',
        'run what a violation has left behind',
        // The file contains the whole run, so further options would be silently ignored.
        { conflicts: ['fleet', 'runs', 'clusters', 'target', 'seed', 'faults'] },
      ],
      ['--no-shrink', 'do not look for the shortest history of a violation'],
      OUTPUT,
    ],
    load: async () => (await import('./simulate/simulate.ts')).simulate,
  },
  versions: { description: 'what this command line knows of Kubernetes versions' },
  'versions data': {
    description: 'how old the tables behind `liftlock scan` are, how far they reach, and what they rest on',
    load: async () => (await import('./verbs/versions-data.ts')).versionsData,
  },
  calendar: {
    description: 'when changes may be made by the calendars of config files, offline; exit 0 also when closed',
    options: [
      // The parser does not require it, because `calendar import` takes none.
      ['-f, --filename <path...>', WHICH_FILES],
      RECURSIVE,
      ['--calendar <name>', 'one of several calendars; without it all of them must be open'],
      ['--at <instant...>', 'RFC 3339 with a zone; may be repeated (default: now)'],
      ['--next <count>', 'the next openings instead of the state', { parse: count }],
      output(['table', 'json', 'yaml', 'ics']),
    ],
    load: async () => (await import('./calendar/calendar.ts')).calendar,
  },
  'calendar import <file>': {
    description: 'print a Calendar whose freezes are the events of an iCalendar file (- for standard input)',
    options: [
      ['--name <name>', 'name of the calendar (default: that of the file)'],
      ['--time-zone <zone>', 'zone of whole days and of times without one (default: that of the file, else UTC)'],
    ],
    load: async () => (await import('./calendar/import.ts')).importCalendar,
  },
};
