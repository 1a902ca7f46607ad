import { clusterTags } from './cluster-tags.ts';

const codesOf = (tags: Record<string, string>) => clusterTags(tags, 'liftlock/').problems.map(({ code }) => code);

test.each([
  ['a tag that Liftlock knows', { 'liftlock/paused': 'true' }, []],
  ['a tag of somebody else', { 'liftlocks/paused': 'true', Owner: 'liftlock/paused' }, []],
  ['a tag that nobody knows', { 'liftlock/pause': 'true' }, ['BadTag']],
  ['a known one written otherwise', { 'liftlock/Paused': 'true' }, ['BadTag']],
  ['a prefix written otherwise', { 'Liftlock/paused': 'true' }, ['BadTag']],
  ['both at once, which may say two things', { 'liftlock/paused': 'false', 'LIFTLOCK/paused': 'true' }, ['BadTag']],
])('%s', (_, tags, codes) => {
  expect(codesOf(tags)).toEqual(codes);
});
