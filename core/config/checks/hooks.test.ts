import { fleetWith, issuesOf } from '../../../test/material/config/issues-of.ts';

const secret = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:liftlock/hook-AbCdEf';
const ask = `{ webhook: "https://hooks.example.com/x", secret: "${secret}" }`;
const hook = (more = '', name = 'one', step = 'smoke-check') =>
  `{ name: ${name}, at: before, step: ${step}${more === '' ? '' : `, ${more}`}${more.includes('ask:') ? '' : `, ask: ${ask}`} }`;
const issues = (hooks: readonly string[], others = '') =>
  issuesOf('{ name: w }', { spec: `hooks:\n${hooks.map((one) => `  - ${one}`).join('\n')}`, others });

test.each([
  ['with nothing but what it needs', ''],
  ['with all that it may have', 'blocking: false, timeout: 4h, selector: { when: "cluster.minor > 30" }'],
])('a hook %s is right', (_, more) => {
  expect(issues([hook(more)])).toEqual([]);
});

test.each([
  ['at: during', 'spec.hooks[0].at: "during" is neither before nor after'],
  ['step: scan-cluster', 'is no step with hooks; there are upgrade-cluster, update-addons'],
  ['timeout: 5h', 'spec.hooks[0].timeout: "5h" is longer than 4 hours; for people who take longer use approval'],
  ['timeout: 0s', 'lasts no time at all'],
  ['timeout: 30', 'is not a duration'],
  ['blocking: perhaps', 'spec.hooks[0].blocking'],
  ['ask: { webhook: "https://hooks.example.com/x" }', 'spec.hooks[0].ask: is nobody who can be asked'],
  ['ask: { lambda: "arn:aws:lambda:eu-west-1:111111111111:function:x:live" }', 'without a version or an alias'],
  ['ask: { stateMachine: "arn:aws:states:eu-west-1:111111111111:execution:x" }', 'is not the ARN of a state machine'],
  [
    'ask: { lambda: "arn:aws:lambda:eu-west-1:111111111111:function:x", secret: "SECRET" }',
    'spec.hooks[0].ask.secret: this field is unknown',
  ],
  ['ask: { webhook: "http://hooks.example.com/x", secret: "SECRET" }', 'is not encrypted'],
  ['ask: { webhook: "https://me:hunter2@hooks.example.com/x", secret: "SECRET" }', 'contains credentials'],
  ['ask: { webhook: "https://169.254.169.254/", secret: "SECRET" }', 'link-local'],
  ['ask: { webhook: "https://hooks.internal/", secret: "SECRET" }', 'called only when listed'],
  ['selector: { when: "cluster.nmae == 1" }', 'spec.hooks[0].selector.when: there is no field "nmae"'],
  ['retries: 3', 'retries'],
])('%s is an error with its place', (more, message) => {
  const written = hook(more.replace('SECRET', secret))
    .replace(/at: before, (?=.*at: during)/, '')
    .replace(/step: smoke-check, (?=.*step: scan)/, '');
  const told = issues([written]);
  expect(told).toEqual([expect.stringMatching(/^p\.yaml:8:\d+: error: /)]);
  expect(told[0]).toContain(message);
});

test('two of one name are refused, since what a hook has said is kept by it', () => {
  expect(issues([hook(), hook()])).toEqual([
    'p.yaml:9:15: error: spec.hooks[1].name: "one" is the name of hooks[0] already, and what a hook has said is kept by its name. Rename one.',
  ]);
});

test('a webhook on a private host is allowed where the Fleet lists it', () => {
  const written = hook(`ask: { webhook: "https://hooks.internal/", secret: "${secret}" }`);
  expect(issues([written], fleetWith('allowedHosts: [hooks.internal]'))).toEqual([]);
});

const long = (name: string, step: string, more = 'timeout: 4h') => hook(more, name, step);

test.each<[string, readonly string[], number]>([
  ['three of one step', ['smoke-check', 'smoke-check', 'smoke-check'], 0],
  ['four of one step', ['smoke-check', 'smoke-check', 'smoke-check', 'smoke-check'], 4],
  ['four of several steps', ['smoke-check', 'smoke-check', 'update-addons', 'roll-node-group'], 0],
  [
    'those of the whole upgrade with those of a step',
    ['upgrade-cluster', 'update-addons', 'upgrade-cluster', 'update-addons'],
    4,
  ],
])('%s: only those that may wait for more than twelve hours in one execution are refused', (_, steps, at) => {
  const told = issues(steps.map((step, index) => long(`hook-${index}`, step)));
  expect(told.map((text) => text.split(': ').slice(0, 3).join(': '))).toEqual(
    at === 0
      ? []
      : [expect.stringMatching(new RegExp(`^p\\.yaml:${7 + at}:\\d+: error: spec\\.hooks\\[${at - 1}\\]\\.timeout$`))],
  );
});

const ofAll = (name: string, at: string) => long(name, 'upgrade-cluster').replace('at: before', `at: ${at}`);
test.each<[string, readonly string[], number]>([
  [
    'before it and in the last step',
    [ofAll('a', 'before'), ofAll('b', 'before'), long('c', 'smoke-check'), long('d', 'smoke-check')],
    0,
  ],
  [
    'after it and in another step',
    [ofAll('a', 'after'), ofAll('b', 'after'), long('c', 'update-addons'), long('d', 'update-addons')],
    0,
  ],
  ['before it and after it', [ofAll('a', 'before'), ofAll('b', 'before'), ofAll('c', 'after'), ofAll('d', 'after')], 0],
  [
    'after it and in the last step',
    [ofAll('a', 'after'), ofAll('b', 'after'), long('c', 'smoke-check'), long('d', 'smoke-check')],
    1,
  ],
])('hooks of the whole upgrade count where they wait: %s', (_, hooks, errors) => {
  expect(issues(hooks)).toHaveLength(errors);
});

test('what nothing waits for may be as much as it likes', () => {
  const steps = Array.from({ length: 6 }, (_, index) =>
    long(`hook-${index}`, 'smoke-check', 'timeout: 4h, blocking: false'),
  );
  expect(issues(steps)).toEqual([]);
});

const jobs = (...images: string[]) =>
  fleetWith(
    `hooks: { jobs: { namespace: hooks, serviceAccount: probe, images: [${images.map((one) => `"${one}"`).join()}] } }`,
  );
const byJob = (image: string) => hook(`ask: { job: { image: "${image}" } }`);

test.each([
  ['registry.example/probe:1', 'registry.example/probe:1'],
  ['registry.example/probe:1', 'registry.example/probe'],
  ['registry.example/probe@sha256:0a', 'registry.example/probe'],
  ['registry.example/probe:1@sha256:0a', 'registry.example/probe:1'],
  ['registry.example:5000/probe:1', 'registry.example:5000/probe'],
])('an image %s is one that the Fleet lists as %s', (image, listed) => {
  expect(issues([byJob(image)], jobs('other', listed))).toEqual([]);
});

test.each([
  ['registry.example/probe:1', 'registry.example/probe:2'],
  ['registry.example/probes:1', 'registry.example/probe'],
  ['registry.example/probe/other:1', 'registry.example/probe'],
  ['registry.example:5000/probe', 'registry.example'],
  ['registry.example/probe', 'registry.example/probe:1'],
  ['evil/registry.example/probe', 'registry.example/probe'],
])('an image %s is none that the Fleet lists as %s', (image, listed) => {
  expect(issues([byJob(image)], jobs(listed))).toEqual([
    expect.stringMatching(
      /^p\.yaml:8:\d+: error: spec\.hooks\[0\]\.ask\.job\.image: ".*" is an image that the Fleet does not list\. Add it/,
    ),
  ]);
});

test('a Fleet that lists no Jobs allows none, and one that is not known is asked when the policy is applied', () => {
  expect(issues([byJob('probe')], fleetWith('mode: act'))).toEqual([expect.stringContaining('does not list')]);
  expect(issues([byJob('probe')])).toEqual([]);
});

test.each([
  ['ask: { job: { image: "probe" } }', 'spec.hooks[0].ask.job: a Job is of no cluster'],
  ['selector: {}', 'spec.hooks[0].selector: a selector takes clusters'],
])('a hook of a wave with %s is refused: it is of no cluster', (more, said) => {
  expect(issues([hook(more, 'one', 'wave')])).toEqual([expect.stringContaining(said)]);
  expect(issues([hook('', 'one', 'wave')])).toEqual([]);
});
