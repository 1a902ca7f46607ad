/** Where mutants are made, and the least per cent of them that tests must kill; the first area that matches a file counts. */
export interface Area {
  readonly name: string;
  readonly files: readonly string[];
  readonly floor: number;
}

const below = (folder: string): string => `${folder}/**/*.ts`;

export const AREAS: readonly Area[] = [
  { name: 'core/protocol', files: [below('core/protocol')], floor: 90 },
  { name: 'core/store', files: [below('core/store')], floor: 90 },
  {
    name: 'core/rollout, granting and settling',
    files: ['admission', 'apply-decision', 'decide', 'carry-out', 'member-rules', 'member-progress'].map(
      (name) => `core/rollout/${name}.ts`,
    ),
    floor: 90,
  },
  {
    name: 'core/policy, granting',
    files: ['approvals', 'caps', 'load-rules', 'quarantine', 'read-rules', 'traits', 'wave-room', 'window-rule'].map(
      (name) => `core/policy/${name}.ts`,
    ),
    floor: 90,
  },
  { name: 'adapters/dynamodb', files: [below('adapters/dynamodb')], floor: 90 },
  { name: 'infra/permissions', files: [below('infra/permissions')], floor: 90 },
  {
    // What the scan notes and tells of drains is tested by whole scans, in test/scan.
    name: 'core/scan/drain, the simulation',
    files: ['disruption', 'place', 'simulate-drain', 'without-surge'].map((name) => `core/scan/drain/${name}.ts`),
    floor: 80,
  },
  ...['policy', 'rollout', 'steps', 'calendar', 'operations', 'readiness', 'scan/preflight'].map((room) => ({
    name: `core/${room}, the rest`,
    files: [below(`core/${room}`)],
    floor: 80,
  })),
];

/** What makes no product: tests, what they share, declarations of types, and the table that only runs on one machine. */
export const NOT_MUTATED = /\.test\.ts$|\.d\.ts$|^adapters\/dynamodb\/local\//;

/** The folder whose tests are beside a file: a folder of core with all in it, or the file's own. */
export const roomOf = (file: string): string => `${file.split('/').slice(0, 2).join('/')}/`;

/** Whether a file of tests is beside a file of the product: in its room, or a suite of contracts that runs it on each adapter. */
export const isNear = (test: string, file: string): boolean =>
  test.startsWith(roomOf(file)) || test.startsWith('test/contract/');

/** Tests of the whole product. They count where no test beside a file runs the mutated code. */
export const isFar = (test: string): boolean => /^test\/behaviour\/.*\.test\.ts$/.test(test);
