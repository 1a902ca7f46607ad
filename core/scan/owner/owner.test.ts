import { ownershipOf } from './owner.ts';

test.each([
  ['a label of a team', { labels: { team: 'payments' } }, 'payments'],
  ['its own prefix', { annotations: { 'acme.example/owner': 'search' } }, 'search'],
  ['a name that JavaScript has for itself', { labels: { owner: '__proto__' } }, '__proto__'],
  ['nothing', {}, undefined],
])('an owner is said by %s', (_, metadata, owner) => {
  expect(ownershipOf(metadata).owner).toBe(owner);
});

test('an owner and a cause are short enough to be part of a key, whatever somebody wrote', () => {
  const long = '😀'.repeat(5_000);
  const { owner, cause } = ownershipOf({ annotations: { owner: long, 'argocd.argoproj.io/tracking-id': `${long}:x` } });
  for (const text of [owner, cause]) {
    expect([...(text ?? '')]).toHaveLength(200);
    expect(Buffer.byteLength(text ?? '')).toBeLessThan(850);
    // No half of a character remains.
    expect(text?.isWellFormed()).toBe(true);
  }
  expect(ownershipOf({ labels: { owner: 'a'.repeat(200) } }).owner).toBe('a'.repeat(200));
});
