import { checkConfig } from '../config/check-config.ts';
import { isTooDeep, sentDocument } from './apply-documents.ts';

const calendar = (spec: unknown) => ({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Calendar',
  metadata: { name: 'nights' },
  spec,
});

test('a document that was sent is checked as one of a file, and its issues name their paths', () => {
  const { calendars, errors } = checkConfig([sentDocument('document 1', calendar({}))]);
  expect([calendars.map(({ metadata }) => metadata.name), errors]).toEqual([['nights'], []]);
  const wrong = [sentDocument('document 1', calendar({ windows: 1 })), sentDocument('document 2', undefined)];
  expect(checkConfig(wrong).errors).toMatchObject([
    { file: 'document 1', line: 1, column: 1, path: 'spec.windows' },
    { file: 'document 2', path: '' },
  ]);
});

test('what the caller keeps of it may change, and the objects do not', () => {
  const windows = [{ name: 'w', schedule: '0 22 * * *', duration: '6h' }];
  const { calendars } = checkConfig([sentDocument('document 1', calendar({ windows }))]);
  windows.pop();
  expect(calendars[0]?.spec.windows).toHaveLength(1);
});

test('scalars are quoted as they were sent', () => {
  const { sourceOf } = sentDocument('document 1', calendar({ target: 1.3, waves: [{ name: 'all' }] }));
  expect([sourceOf(['spec', 'target']), sourceOf(['spec', 'waves', 0, 'name']), sourceOf(['spec', 'waves'])]).toEqual([
    '1.3',
    'all',
    undefined,
  ]);
});

test('a hundred levels are read, and more are too deep, however many there are', () => {
  const nested = (levels: number) => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1);
  expect([isTooDeep(nested(100)), isTooDeep(nested(101)), isTooDeep(nested(100_000))]).toEqual([false, true, true]);
});
