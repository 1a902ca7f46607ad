import { issuesOf } from '../../../test/material/config/issues-of.ts';

test.each([
  [
    'maxConcurrency: "25%"',
    'maxConcurrency: 25% of the 3 clusters named is less than one; 1 at a time goes all the same',
  ],
  ['failureBudget: { maxFailures: "10%" }', 'maxFailures: 10% of the 3 clusters named rounds down to 0'],
  ['failureBudget: { maxFailures: 3 }', 'maxFailures: more than 3 of the 3 clusters named can never fail'],
  ['failureBudget: { maxFailures: "100%" }', 'maxFailures: all of them may fail'],
  ['failureBudget: { minJudged: 4 }', 'minJudged: only 3 can be judged of the 3 clusters named'],
  ['canaries: 3', 'canaries: the 3 clusters named are all canaries then'],
])('three named clusters with %s', (field, message) => {
  expect(issuesOf(`{ name: w, clusters: [a, b, c], ${field} }`)).toEqual([
    expect.stringMatching(/^p\.yaml:8:\d+: warning: spec\.waves\[0\]\./),
  ]);
  expect(issuesOf(`{ name: w, clusters: [a, b, c], ${field} }`)[0]).toContain(message);
});

test.each([
  'maxConcurrency: "34%"',
  'maxConcurrency: 5',
  'failureBudget: { maxFailures: "34%" }',
  'failureBudget: { maxFailures: "0%" }',
  'failureBudget: { maxFailures: 2, minJudged: 3 }',
  'canaries: 2',
])('three named clusters with %s are fine', (field) => {
  expect(issuesOf(`{ name: w, clusters: [a, b, c], ${field} }`)).toEqual([]);
});

test('a cluster that is named twice in a wave is told at its second place, and counts once', () => {
  expect(issuesOf('{ name: w, clusters: [a, b, a], canaries: 2 }')).toEqual([
    expect.stringContaining('8:39: warning: spec.waves[0].clusters[2]: "a" is named twice here.'),
    expect.stringContaining('spec.waves[0].canaries: the 2 clusters named are all canaries'),
  ]);
});

test('of a wave by selector nobody knows the size', () => {
  expect(issuesOf('{ name: w, maxConcurrency: "1%", canaries: 50, failureBudget: { maxFailures: "1%" } }')).toEqual([]);
});

const counted = (maxConcurrency: string, maxFailures: string) =>
  issuesOf(
    `{ name: w, maxConcurrency: ${maxConcurrency}, failureBudget: { maxFailures: ${maxFailures}, countInFlight: true } }`,
  );

test.each([
  [
    '2',
    '1',
    '2 takes no effect: countInFlight lets 1 be in flight at once, as many as may fail (maxFailures: 1). Write 1,',
  ],
  [
    '2',
    '0',
    '2 takes no effect: countInFlight lets 1 be in flight at once, as many as may fail (maxFailures: 0). Write 1,',
  ],
  ['"25%"', '"10%"', '25% takes no effect: countInFlight lets 10% be in flight at once'],
])('where those in flight count as failures %s at once of %s that may fail is too many', (most, mayFail, message) => {
  const [issue, ...others] = counted(most, mayFail);
  expect(others).toEqual([]);
  expect(issue).toContain(`warning: spec.waves[0].maxConcurrency: ${message}`);
});

test.each([
  ['2', '2'],
  ['1', '0'],
  ['"10%"', '"10%"'],
  ['"25%"', '1'],
])('and %s at once of %s is not, or nobody knows', (most, mayFail) => {
  expect(counted(most, mayFail)).toEqual([]);
});

test.each([
  ['calendar: [nights, nights]', 'calendar[1]: "nights" is named twice here.'],
  ['soak: 1h, gates: [{ alarm: a }, { alarm: b }, { alarm: a }]', 'gates[2]: the same gate stands here before'],
  [
    'failureBudget: { minJudged: 0 }',
    'failureBudget.minJudged: with 0 the wave passes though no upgrade in it was tried',
  ],
])('what adds nothing is told: %s', (field, message) => {
  const told = issuesOf(`{ name: w, ${field} }`, {}, { references: 'ignore' });
  expect(told).toEqual([expect.stringContaining(`warning: spec.waves[0].${message}`)]);
});

test('a wave that shall pass undecided may say so twice', () => {
  expect(issuesOf('{ name: w, onUndecided: pass, failureBudget: { minJudged: 0 } }')).toEqual([]);
});

test('a value of an order that stands twice is told', () => {
  expect(issuesOf('{ name: w }', { spec: 'order: [name, { label: tier, values: [a, b, a] }]' })).toEqual([
    expect.stringContaining('warning: spec.order[1].values[2]: "a" is named twice here.'),
  ]);
});
