import { nextRevision, revisionOf } from './audit.ts';

const at = new Date('2026-11-20T12:00:00Z');

test('a write has the revision of its time, and one more than what it writes over when clocks differ', () => {
  expect(nextRevision('absent', at)).toBe(revisionOf(at));
  expect(nextRevision(3, at)).toBe(revisionOf(at));
  const ahead = revisionOf(at) + 500;
  expect(nextRevision(ahead, at)).toBe(ahead + 1);
  expect(nextRevision(revisionOf(at), at)).toBe(revisionOf(at) + 1);
});

test('revisions count milliseconds since 2026, and there is none below 1', () => {
  expect(revisionOf(new Date('2026-01-01T00:00:00.250Z'))).toBe(250);
  expect(nextRevision('absent', new Date('2025-06-01T00:00:00Z'))).toBe(1);
  expect(nextRevision(7, new Date('2025-06-01T00:00:00Z'))).toBe(8);
});
